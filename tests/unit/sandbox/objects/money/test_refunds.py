from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of


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
    assert shop.happened()[-2:] == ["refund.updated", "charge.refund.updated"]


def test_a_refund_that_fails_brings_the_money_back(shop, sdk):
    session = shop.give(card="4000000000005126")
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    shop.advance(seconds=3600)
    failed = sdk.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert failed.status == "failed"
    assert failed.failure_balance_transaction.amount == 1500
    assert shop.charge(session).amount_refunded == 0
    assert shop.happened()[-3:] == ["refund.updated", "charge.refund.updated", "refund.failed"]
    assert failed.failure_reason == "expired_or_canceled_card"


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


def test_a_refund_gets_the_card_networks_reference_a_little_later(shop, sdk, sandbox, http):
    session = shop.give()
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert refund.destination_details.card.reference_status == "pending"
    shop.advance(seconds=5)
    card = sdk.v1.refunds.retrieve(refund.id).destination_details.card
    assert card.reference_status == "available"
    assert card.reference
    assert shop.happened()[-2:] == ["refund.updated", "charge.refund.updated"]
    assert problems_of(http.get(f"{sandbox.base_url}/v1/refunds/{refund.id}").json()) == []


def test_a_refund_waits_for_funds_where_the_bank_is_not_debited(shop, sdk, sandbox):
    sandbox.control("settings", {"payouts": {"debit_negative_balances": False}})
    session = shop.give()
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
    assert refund.balance_transaction is None
    shop.advance(days=2)
    assert sdk.v1.refunds.retrieve(refund.id).status == "pending"
    shop.give(amount=5000)
    shop.advance(days=3)
    refund = sdk.v1.refunds.retrieve(refund.id)
    assert refund.status == "succeeded"
    assert not hasattr(refund, "pending_reason")
    assert refund.balance_transaction


def test_a_refund_by_default_draws_the_balance_below_nothing(shop, sdk):
    session = shop.give()
    shop.advance(days=4)
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert refund.status == "succeeded"
    assert sdk.v1.balance.retrieve().available[0].amount == -1500


def test_a_pending_refund_of_a_charge_that_is_disputed_fails(shop, sdk, sandbox):
    session = shop.give(card="4000000000007726")
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent, "amount": 500})
    sandbox.control("dispute", {"payment_intent": session.payment_intent})
    refund = sdk.v1.refunds.retrieve(refund.id)
    assert (refund.status, refund.failure_reason) == (
        "failed",
        "charge_for_pending_refund_disputed",
    )


def test_a_refund_that_waits_for_the_reader_can_be_called_back(shop, sdk, sandbox):
    session = shop.give(card="4000000000007726")
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    with pytest.raises(stripe.InvalidRequestError, match="requires_action"):
        sdk.v1.refunds.cancel(refund.id)
    sandbox.control("refund_wait", {"refund": refund.id})
    canceled = sdk.v1.refunds.cancel(refund.id)
    assert canceled.status == "canceled"
    assert shop.charge(session).amount_refunded == 0
    assert canceled.failure_balance_transaction
    shop.advance(days=1)
    assert sdk.v1.refunds.retrieve(refund.id).status == "canceled"


def test_a_refund_can_be_made_to_fail(shop, sdk, sandbox):
    session = shop.give()
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    sandbox.control("refund_fail", {"refund": refund.id, "reason": "declined"})
    shop.advance(seconds=5)
    failed = sdk.v1.refunds.retrieve(refund.id)
    assert failed.failure_reason == "declined"
    assert failed.destination_details.card.reference_status == "pending"


def test_metadata_of_a_refund_is_changed_and_told(shop, sdk):
    session = shop.give()
    refund = sdk.v1.refunds.create(
        {"payment_intent": session.payment_intent, "metadata": {"by": "office"}}
    )
    sdk.v1.refunds.update(refund.id, {"metadata": {"by": "", "why": "moved"}})
    assert sdk.v1.refunds.retrieve(refund.id).metadata.to_dict() == {"why": "moved"}
    assert shop.happened()[-2:] == ["refund.updated", "charge.refund.updated"]


def test_refunds_are_found_by_charge_payment_and_time(shop, sdk):
    sessions = [shop.give() for _ in range(2)]
    for session in sessions:
        sdk.v1.refunds.create({"payment_intent": session.payment_intent, "amount": 100})
    wanted = {"payment_intent": sessions[0].payment_intent, "limit": 5}
    [found] = sdk.v1.refunds.list(wanted).data
    assert found.charge == shop.charge(sessions[0]).id
    assert sdk.v1.refunds.list({"charge": found.charge, "created": {"lt": 1}}).data == []


def test_what_a_newsroom_has_no_use_for_is_refused(shop, sdk):
    session = shop.give()
    with pytest.raises(stripe.InvalidRequestError, match="no effect"):
        sdk.v1.refunds.create({"payment_intent": session.payment_intent, "reverse_transfer": True})
