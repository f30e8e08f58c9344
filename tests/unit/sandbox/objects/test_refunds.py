from __future__ import annotations

import pytest
import stripe


def books(sdk):
    return [
        (each.type, each.amount, each.fee)
        for each in reversed(sdk.v1.balance_transactions.list().data)
    ]


def test_a_whole_refund_takes_the_amount_and_leaves_the_fee(shop, sdk):
    session = shop.give()
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert (refund.amount, refund.status) == (1500, "succeeded")
    assert books(sdk) == [("charge", 1500, 74), ("refund", -1500, 0)]
    charge = shop.charge(session)
    assert (charge.refunded, charge.amount_refunded) == (True, 1500)


def test_a_gift_can_be_refunded_in_parts_until_nothing_is_left(shop, sdk):
    session = shop.give()
    for amount in (500, 700):
        sdk.v1.refunds.create({"charge": shop.charge(session).id, "amount": amount})
    assert shop.charge(session).refunded is False
    sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert shop.charge(session).refunded is True
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert refusal.value.code == "charge_already_refunded"


def test_no_more_is_given_back_than_was_taken(shop, sdk):
    session = shop.give()
    with pytest.raises(stripe.InvalidRequestError, match=r"greater than unrefunded amount"):
        sdk.v1.refunds.create({"payment_intent": session.payment_intent, "amount": 1501})


def test_a_refund_tells_of_itself_and_of_its_charge(shop, sdk):
    session = shop.give()
    before = len(shop.happened())
    sdk.v1.refunds.create({"payment_intent": session.payment_intent, "reason": "duplicate"})
    assert shop.happened(since=before) == ["refund.created", "charge.refunded"]


def test_a_pending_refund_succeeds_after_a_while(shop, sdk):
    session = shop.give(card="4000000000007726")
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert refund.status == "pending"
    shop.advance(seconds=3600)
    assert sdk.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert shop.happened()[-1] == "refund.updated"


def test_a_refund_that_fails_brings_the_money_back(shop, sdk):
    session = shop.give(card="4000000000005126")
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    shop.advance(seconds=3600)
    failed = sdk.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert failed.status == "failed"
    assert failed.failure_balance_transaction.amount == 1500
    assert shop.charge(session).amount_refunded == 0
    assert shop.happened()[-2:] == ["refund.updated", "refund.failed"]


def test_a_refund_of_a_charge_not_booked_yet_books_it_first(shop, sdk, sandbox):
    sandbox.control("faults", {"late_balance_transaction": True})
    session = shop.give()
    sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert [kind for kind, _, _ in books(sdk)] == ["charge", "refund"]
    shop.advance(seconds=60)
    assert [kind for kind, _, _ in books(sdk)] == ["charge", "refund"]


def test_what_was_never_paid_cannot_be_refunded(shop, sdk):
    session = shop.give(method="sepa_debit")
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.refunds.create({})
    assert refusal.value.code == "parameter_missing"
