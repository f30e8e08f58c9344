from __future__ import annotations

import pytest
import stripe

DAY = 86_400

pytestmark = pytest.mark.usefixtures("clean")


def test_a_subscription_is_paid_at_once_and_is_active(shop, members, sdk):
    begun = members.begin(metadata={"donation": "d1"}, description="Monthly")
    assert (begun.status, begun.description) == ("active", "Monthly")
    [invoice] = members.invoices(begun)
    assert (invoice.status, invoice.amount_paid) == ("paid", 1500)
    assert (invoice.billing_reason, begun.latest_invoice) == ("subscription_create", invoice.id)
    assert invoice.parent.subscription_details.metadata.donation == "d1"
    [tie] = sdk.v1.invoice_payments.list({"invoice": invoice.id}).data
    assert tie.status == "paid"
    told = shop.happened()
    assert told.index("customer.subscription.created") < told.index("invoice.paid")
    members.advance(months=2)
    assert len(members.invoices(begun)) == 3


def test_a_declined_first_payment_leaves_it_incomplete_for_23_hours(members, sdk):
    begun = members.begin(card="pm_card_chargeCustomerFail")
    assert begun.status == "incomplete"
    [invoice] = members.invoices(begun)
    assert (invoice.status, invoice.next_payment_attempt) == ("open", None)
    members.advance(seconds=23 * 3600 - 5)
    assert members.again(begun).status == "incomplete"
    members.advance(seconds=10)
    assert members.again(begun).status == "incomplete_expired"
    assert members.invoices(begun)[0].status == "void"
    members.advance(months=2)
    assert len(members.invoices(begun)) == 1


def test_an_incomplete_subscription_becomes_active_when_its_invoice_is_paid(members, sdk):
    begun = members.begin(card="pm_card_chargeCustomerFail")
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": begun.customer})
    sdk.v1.invoices.pay(begun.latest_invoice, {"payment_method": method.id})
    assert members.again(begun).status == "active"
    members.advance(days=2)
    assert members.again(begun).status == "active"


def test_default_incomplete_tries_nothing_and_tells_the_secret_to_confirm_with(members):
    begun = members.begin(
        payment_behavior="default_incomplete", expand=["latest_invoice.confirmation_secret"]
    )
    assert begun.status == "incomplete"
    assert (begun.latest_invoice.status, begun.latest_invoice.attempt_count) == ("open", 0)
    secret = begun.latest_invoice.confirmation_secret
    assert secret.type == "payment_intent"
    assert secret.client_secret.startswith("pi_")
    assert members.invoices(begun)[0].confirmation_secret is None


def test_a_payment_the_reader_confirms_makes_it_active(members, sdk):
    begun = members.begin(payment_behavior="default_incomplete", expand=["latest_invoice.payments"])
    [tie] = begun.latest_invoice.payments.data
    [method] = sdk.v1.customers.payment_methods.list(begun.customer).data
    sdk.v1.payment_intents.confirm(
        tie.payment.payment_intent, {"payment_method": method.id, "off_session": True}
    )
    assert members.again(begun).status == "active"
    assert members.invoices(begun)[0].status == "paid"


def test_error_if_incomplete_leaves_no_subscription_behind(members, sdk):
    owner = members.customer("pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        members.begin(customer=owner, payment_behavior="error_if_incomplete")
    assert sdk.v1.subscriptions.list({"customer": owner.id, "status": "all"}).data == []
    begun = members.begin(payment_behavior="error_if_incomplete")
    assert begun.status == "active"
    assert members.invoices(begun)[0].status == "paid"


def test_a_reader_who_is_there_is_asked_to_authenticate(shop, members, sdk):
    begun = members.begin(card="pm_card_authenticationRequired", off_session=False)
    assert begun.status == "incomplete"
    assert "invoice.payment_action_required" in shop.happened()


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"payment_behavior": "pending_if_incomplete"}, "payment_behavior"),
        ({"backdate_start_date": 1_700_000_000}, "backdate_start_date"),
        ({"days_until_due": 5}, "days_until_due"),
        ({"collection_method": "send_invoice"}, "days_until_due"),
        ({"billing_mode": {"type": "classic"}}, "billing_mode[type]"),
        ({"trial_period_days": 5, "trial_end": 2_000_000_000}, "trial_end"),
        ({"cancel_at": 1_700_000_000}, "cancel_at"),
        ({"billing_cycle_anchor": 1_700_000_000}, "billing_cycle_anchor"),
        ({"default_payment_method": "pm_none"}, "default_payment_method"),
        ({"currency": "eur"}, "items[0][price]"),
    ],
)
def test_what_cannot_be_is_refused_by_name(members, wrong, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        members.begin(**wrong)
    assert refusal.value.param == param


def test_a_one_time_price_is_refused_in_stripes_words(members, sdk):
    once = sdk.v1.prices.create({"currency": "usd", "unit_amount": 500, "product": "membership"})
    with pytest.raises(stripe.InvalidRequestError, match="type=one_time"):
        sdk.v1.subscriptions.create(
            {"customer": members.customer().id, "items": [{"price": once.id}]}
        )


def test_an_anchor_to_come_shortens_the_first_period_and_what_it_costs(members):
    members.go_to("2031-01-16T00:00:00")
    anchor = members.now() + 16 * DAY  # 1 February
    begun = members.begin(3100, billing_cycle_anchor=anchor)
    assert begun["items"].data[0].current_period_end == anchor
    [invoice] = members.invoices(begun)
    assert invoice.amount_paid == 1600
    assert invoice.lines.data[0].parent.subscription_item_details.proration is True
    members.advance(to=anchor)
    assert members.invoices(begun)[0].amount_paid == 3100


def test_an_anchor_to_come_without_proration_makes_the_time_until_it_free(members):
    anchor = members.now() + 10 * DAY
    begun = members.begin(billing_cycle_anchor=anchor, proration_behavior="none")
    assert (begun.status, members.invoices(begun)[0].amount_paid) == ("active", 0)


def test_an_invoice_that_is_sent_falls_due_and_then_the_member_is_behind(shop, members, sdk):
    begun = members.begin(card=None, collection_method="send_invoice", days_until_due=10)
    assert (begun.status, begun.days_until_due) == ("active", 10)
    [invoice] = members.invoices(begun)
    assert (invoice.status, invoice.due_date) == ("open", members.now() + 10 * DAY)
    assert "invoice.sent" in shop.happened()
    members.advance(days=11)
    assert members.again(begun).status == "past_due"
    assert "invoice.overdue" in shop.happened()
    sdk.v1.invoices.pay(invoice.id, {"paid_out_of_band": True})
    assert members.again(begun).status == "active"


def test_the_method_paid_with_is_kept_if_that_is_asked(members):
    begun = members.begin(payment_settings={"save_default_payment_method": "on_subscription"})
    assert begun.default_payment_method is not None


def test_a_subscription_lives_by_the_test_clock_of_its_customer(members, sdk):
    clock = sdk.v1.test_helpers.test_clocks.create({"frozen_time": members.now()})
    owner = members.customer(test_clock=clock.id)
    begun = members.begin(customer=owner)
    assert begun.test_clock == clock.id
    members.advance(days=20)
    assert len(members.invoices(begun)) == 1
    moment = begun["items"].data[0].current_period_end
    sdk.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": moment})
    assert len(members.invoices(begun)) == 2
    assert {each.test_clock for each in members.invoices(begun)} == {clock.id}
    assert sdk.v1.subscriptions.list({"test_clock": clock.id}).data[0].id == begun.id
    assert sdk.v1.subscriptions.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.customers.create({"test_clock": "clock_none"})


def test_cancelling_before_the_first_payment_expires_it(members, sdk):
    begun = members.begin(card="pm_card_chargeCustomerFail")
    with pytest.raises(stripe.InvalidRequestError, match="incomplete"):
        sdk.v1.subscriptions.update(begun.id, {"cancel_at_period_end": True})
    assert sdk.v1.subscriptions.cancel(begun.id).status == "incomplete_expired"
    assert members.invoices(begun)[0].status == "void"


def test_voiding_the_first_invoice_expires_the_subscription(members, sdk):
    begun = members.begin(card="pm_card_chargeCustomerFail")
    sdk.v1.invoices.void_invoice(begun.latest_invoice)
    assert members.again(begun).status == "incomplete_expired"


def test_an_amount_too_small_to_charge_is_carried_to_the_next_invoice(members, sdk):
    begun = members.begin(30)
    assert begun.status == "active"
    assert sdk.v1.customers.retrieve(begun.customer).balance == 30
    members.advance(until_next_renewal=True)
    latest = members.invoices(begun)[0]
    assert (latest.total, latest.amount_due, latest.amount_paid) == (30, 60, 60)
    assert sdk.v1.customers.retrieve(begun.customer).balance == 0
