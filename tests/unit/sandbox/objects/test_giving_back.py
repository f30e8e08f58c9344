"""Refunds and disputes: what leaves the balance and what returns."""

from __future__ import annotations

import pytest
import stripe


def total(sdk):
    return sum(line.net for line in sdk.v1.balance_transactions.list({"limit": 100}).data)


def test_a_refund_that_is_bound_to_fail_gives_the_money_back(sandbox, sdk, checkout):
    session = checkout.paid(card="4000000000005126")
    before = total(sdk)
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert (refund.status, total(sdk)) == ("succeeded", before - 1500)
    sandbox.control("advance", {"days": 1})
    refund = sdk.v1.refunds.retrieve(refund.id)
    assert (refund.status, total(sdk)) == ("failed", before)
    assert refund.failure_balance_transaction
    assert checkout.charge(session).amount_refunded == 0


def test_a_pending_refund_succeeds_later(sandbox, sdk, checkout):
    session = checkout.paid(card="4000000000007726")
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert refund.status == "pending"
    sandbox.control("advance", {"days": 1})
    assert sdk.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_two_partial_refunds_make_a_whole_one_and_a_third_is_refused(sdk, checkout):
    session = checkout.paid()
    for amount in (1000, 500):
        sdk.v1.refunds.create({"payment_intent": session.payment_intent, "amount": amount})
    assert checkout.charge(session).refunded
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert refusal.value.code == "charge_already_refunded"


@pytest.mark.parametrize(
    ("evidence", "status", "moved"),
    [("winning_evidence", "won", -1500), ("losing_evidence", "lost", -3000)],
)
def test_a_dispute_costs_its_fee_also_when_it_is_won(
    sandbox, sdk, checkout, evidence, status, moved
):
    checkout.paid()
    plain = total(sdk)
    checkout.paid(card="4000000000000259")
    [dispute] = sdk.v1.disputes.list().data
    assert dispute.status == "needs_response"
    sdk.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}})
    sandbox.control("advance", {"seconds": 5})
    closed = sdk.v1.disputes.retrieve(dispute.id)
    assert closed.status == status
    assert total(sdk) == plain * 2 + moved
    assert sum(line.net for line in closed.balance_transactions) == moved


def test_an_inquiry_moves_no_money(sdk, checkout):
    session = checkout.paid(card="4000000000001976")
    [dispute] = sdk.v1.disputes.list().data
    assert dispute.status == "warning_needs_response"
    assert dispute.balance_transactions == []
    assert total(sdk) == checkout.charge(session).balance_transaction.net
    assert sdk.v1.disputes.close(dispute.id).status == "warning_closed"


def test_a_disputed_charge_cannot_be_refunded(sdk, checkout):
    session = checkout.paid(card="4000000000000259")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert refusal.value.code == "charge_disputed"
