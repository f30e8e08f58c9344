from __future__ import annotations

import pytest
import stripe

FAILS_LATER = "4000000000000341"


def subscription(sdk, session):
    return sdk.v1.subscriptions.retrieve(session.subscription)


def invoices(sdk, session):
    return sdk.v1.invoices.list({"subscription": session.subscription, "limit": 100}).data


def to_renewal(sandbox):
    sandbox.control("advance", {"until_next_renewal": True})


def test_a_year_of_renewals_charges_twelve_times_more(sandbox, sdk, checkout):
    session = checkout.paid("subscription")
    sandbox.control("advance", {"months": 12})
    assert [each.status for each in invoices(sdk, session)] == ["paid"] * 13
    assert len(sdk.v1.charges.list({"limit": 100}).data) == 13


def test_a_failing_card_is_tried_four_times_and_then_the_membership_ends(sandbox, sdk, checkout):
    session = checkout.paid("subscription", card=FAILS_LATER)
    to_renewal(sandbox)
    assert subscription(sdk, session).status == "past_due"
    [invoice, _first] = invoices(sdk, session)
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert invoice.next_payment_attempt > invoice.created
    sandbox.control("advance", {"days": 16})
    ended = subscription(sdk, session)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    [invoice, _first] = invoices(sdk, session)
    assert (invoice.attempt_count, invoice.next_payment_attempt) == (4, None)


def test_a_new_card_saves_a_membership_that_is_past_due(sandbox, sdk, checkout):
    session = checkout.paid("subscription", card=FAILS_LATER)
    to_renewal(sandbox)
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": session.customer})
    sdk.v1.subscriptions.update(session.subscription, {"default_payment_method": method.id})
    sandbox.control("advance", {"days": 3})
    assert subscription(sdk, session).status == "active"
    assert invoices(sdk, session)[0].status == "paid"


def test_paying_an_open_invoice_by_hand_says_why_it_failed(sandbox, sdk, checkout):
    session = checkout.paid("subscription", card=FAILS_LATER)
    to_renewal(sandbox)
    open_invoice = invoices(sdk, session)[0].id
    with pytest.raises(stripe.CardError) as declined:
        sdk.v1.invoices.pay(open_invoice)
    assert declined.value.code == "card_declined"
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": session.customer})
    assert sdk.v1.invoices.pay(open_invoice, {"payment_method": method.id}).status == "paid"
    assert subscription(sdk, session).status == "active"


def test_a_cancellation_at_the_periods_end_waits_for_it_and_can_be_undone(sandbox, sdk, checkout):
    session = checkout.paid("subscription")
    sdk.v1.subscriptions.update(session.subscription, {"cancel_at_period_end": True})
    assert subscription(sdk, session).status == "active"
    sdk.v1.subscriptions.update(session.subscription, {"cancel_at_period_end": False})
    to_renewal(sandbox)
    assert subscription(sdk, session).status == "active"
    sdk.v1.subscriptions.update(session.subscription, {"cancel_at_period_end": True})
    to_renewal(sandbox)
    assert subscription(sdk, session).status == "canceled"
    assert len(invoices(sdk, session)) == 2


def test_a_paused_membership_is_billed_and_not_charged_until_it_resumes(sandbox, sdk, checkout):
    session = checkout.paid("subscription")
    until = subscription(sdk, session)["items"].data[0].current_period_end + 86_400
    pause = {"behavior": "void", "resumes_at": until}
    sdk.v1.subscriptions.update(session.subscription, {"pause_collection": pause})
    to_renewal(sandbox)
    assert invoices(sdk, session)[0].status == "void"
    assert subscription(sdk, session).status == "active"
    to_renewal(sandbox)
    assert subscription(sdk, session).pause_collection is None
    assert invoices(sdk, session)[0].status == "paid"


def test_a_new_amount_counts_from_the_next_renewal(sandbox, sdk, checkout):
    session = checkout.paid("subscription")
    item = subscription(sdk, session)["items"].data[0]
    price = {"currency": "usd", "product": checkout.product, "unit_amount": 2500}
    price["recurring"] = {"interval": "month"}
    sdk.v1.subscriptions.update(
        session.subscription,
        {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"},
    )
    assert len(invoices(sdk, session)) == 1
    to_renewal(sandbox)
    assert [each.amount_paid for each in invoices(sdk, session)] == [2500, 1500]


def test_an_invoice_keeps_the_metadata_it_was_drawn_up_with(sandbox, sdk, checkout):
    session = checkout.paid("subscription", subscription_data={"metadata": {"gift": "one"}})
    sdk.v1.subscriptions.update(session.subscription, {"metadata": {"gift": "two"}})
    to_renewal(sandbox)
    kept = [each.parent.subscription_details.metadata.gift for each in invoices(sdk, session)]
    assert kept == ["two", "one"]
    intents = sdk.v1.payment_intents.list().data
    assert all(intent.metadata.to_dict() == {} for intent in intents)


def test_deleting_a_customer_ends_what_they_promised(sandbox, sdk, checkout):
    session = checkout.paid("subscription")
    assert sdk.v1.customers.delete(session.customer).deleted
    assert subscription(sdk, session).status == "canceled"
    assert sandbox.control("advance", {"months": 2})
    assert len(invoices(sdk, session)) == 1
