from __future__ import annotations

import time

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.world import presented

PRICE = {"currency": "usd", "unit_amount": 1500, "product": "support"}
MONTHLY = {**PRICE, "recurring": {"interval": "month"}}
TRIAL = {"subscription_data": {"trial_period_days": 14}}
DAY = 86_400


def test_a_trial_keeps_the_card_and_charges_nothing_until_it_ends(shop, sdk, reader):
    session = shop.open("subscription", **TRIAL)
    assert (session.amount_total, session.payment_status) == (0, "no_payment_required")
    done = reader.done(session)
    assert done.payment_status == "no_payment_required"
    assert sdk.v1.charges.list().data == []
    joined = sdk.v1.subscriptions.retrieve(done.subscription)
    assert joined.status == "trialing"
    assert joined.trial_end - joined.trial_start == 14 * DAY
    method = sdk.v1.payment_methods.retrieve(joined.default_payment_method)
    assert method.customer == done.customer
    [invoice] = shop.invoices(joined)
    assert (invoice.status, invoice.amount_paid) == ("paid", 0)
    assert "setup_intent.succeeded" in shop.happened()
    shop.advance(days=15)
    assert sdk.v1.subscriptions.retrieve(joined.id).status == "active"
    assert [charge.amount for charge in sdk.v1.charges.list().data] == [1500]


def test_a_trial_asks_for_3d_secure_and_a_declined_card_begins_nothing(shop, sdk, reader, http):
    session = shop.open("subscription", **TRIAL)
    declined = reader.send(session, card_number="4000000000000002")
    assert declined.status_code == 402
    assert sdk.v1.subscriptions.list().data == []
    asked = reader.send(session, card_number="4000002760003184")
    assert asked.headers["Location"] == f"/c/challenge/{session.id}"


def test_a_trial_without_a_method_begins_where_none_is_required(shop, sdk, reader):
    session = shop.open("subscription", payment_method_collection="if_required", **TRIAL)
    assert "Card number" not in reader.see(session).text
    done = reader.done(session, without=("method", "card_number", "expiry", "cvc"))
    joined = sdk.v1.subscriptions.retrieve(done.subscription)
    assert (joined.status, joined.default_payment_method) == ("trialing", None)
    assert sdk.v1.payment_methods.list({"customer": done.customer}).data == []


def test_with_something_due_a_method_is_asked_for_even_if_only_required(shop, reader):
    session = shop.open("subscription", payment_method_collection="if_required")
    assert "Card number" in reader.see(session).text


@pytest.mark.parametrize(
    ("data", "param"),
    [
        ({"trial_period_days": 0}, "subscription_data[trial_period_days]"),
        ({"trial_period_days": 731}, "subscription_data[trial_period_days]"),
        ({"trial_end": int(time.time()) + DAY}, "subscription_data[trial_end]"),
        (
            {"trial_period_days": 3, "trial_end": int(time.time()) + 9 * DAY},
            "subscription_data[trial_end]",
        ),
        (
            {"trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}}},
            "subscription_data[trial_settings]",
        ),
        ({"billing_mode": {"type": "classic"}}, "subscription_data[billing_mode][type]"),
    ],
)
def test_a_trial_that_cannot_be_is_refused_by_name(shop, data, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open("subscription", subscription_data=data)
    assert refusal.value.param == param


def test_a_trial_may_end_at_a_given_moment(shop, sdk, reader):
    ends_at = int(time.time()) + 5 * DAY
    done = reader.done(shop.open("subscription", subscription_data={"trial_end": ends_at}))
    assert sdk.v1.subscriptions.retrieve(done.subscription).trial_end == ends_at


def test_several_recurring_prices_become_items_of_one_subscription(shop, sdk, reader):
    second = {**MONTHLY, "unit_amount": 500}
    lines = [
        {"quantity": 1, "price_data": MONTHLY, "metadata": {"part": "first"}},
        {"quantity": 2, "price_data": second},
    ]
    done = reader.done(shop.open("subscription", line_items=lines))
    joined = sdk.v1.subscriptions.retrieve(done.subscription)
    items = joined["items"].data
    assert [(item.price.unit_amount, item.quantity) for item in items] == [(1500, 1), (500, 2)]
    assert items[0].metadata.to_dict() == {"part": "first"}
    [invoice] = shop.invoices(joined)
    assert (invoice.amount_paid, done.amount_total) == (2500, 2500)


def test_a_one_time_price_beside_it_is_on_the_first_invoice_only(shop, sdk, reader):
    lines = [{"quantity": 1, "price_data": MONTHLY}, {"quantity": 1, "price_data": PRICE}]
    done = reader.done(shop.open("subscription", line_items=lines))
    joined = sdk.v1.subscriptions.retrieve(done.subscription)
    assert len(joined["items"].data) == 1
    assert [invoice.amount_paid for invoice in shop.invoices(joined)] == [3000]
    shop.advance(days=32)
    assert [invoice.amount_paid for invoice in shop.invoices(joined)] == [1500, 3000]


def test_what_the_page_charged_is_what_the_invoice_says_whatever_the_customers_balance(
    shop, sdk, reader
):
    customer = sdk.v1.customers.create({"email": "v@example.org", "balance": -700})
    done = reader.done(shop.open("subscription", customer=customer.id))
    invoice = sdk.v1.invoices.retrieve(done.invoice, {"expand": ["payments"]})
    assert (invoice.amount_due, invoice.amount_paid) == (1500, 1500)
    assert invoice.payments.data[0].amount_paid == 1500
    assert sdk.v1.customers.retrieve(customer.id).balance == -700


def test_everything_a_trial_makes_has_the_shape_its_type_declares(shop, sandbox, reader):
    reader.done(shop.open("subscription", **TRIAL))
    wrong = [
        (kind, problem)
        for kind in ("checkout.session", "subscription", "invoice", "setup_intent", "customer")
        for entry in sandbox.world.store.tables[kind].values()
        for problem in problems_of(presented(entry))
    ]
    assert wrong == []
