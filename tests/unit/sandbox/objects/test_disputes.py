from __future__ import annotations

import pytest
import stripe


def only(sdk):
    [dispute] = sdk.v1.disputes.list().data
    return dispute


def money(dispute):
    return [(each.amount, each.fee, each.net) for each in dispute.balance_transactions]


def test_a_dispute_takes_the_amount_and_a_fee_away(shop, sdk, sandbox):
    session = shop.give()
    sandbox.control("dispute", {"payment_intent": session.payment_intent})
    dispute = only(sdk)
    assert (dispute.status, dispute.reason) == ("needs_response", "fraudulent")
    assert money(dispute) == [(-1500, 1500, -3000)]
    assert shop.charge(session).disputed is True
    assert shop.happened()[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


def test_a_won_dispute_brings_the_amount_back_and_not_the_fee(shop, sdk, sandbox):
    session = shop.give()
    sandbox.control("dispute", {"payment_intent": session.payment_intent})
    sandbox.control("dispute_close", {"dispute": only(sdk).id, "won": True})
    dispute = only(sdk)
    assert dispute.status == "won"
    assert money(dispute) == [(-1500, 1500, -3000), (1500, 0, 1500)]
    assert shop.happened()[-2:] == ["charge.dispute.closed", "charge.dispute.funds_reinstated"]


def test_accepting_a_dispute_loses_it(shop, sdk):
    shop.give(card="4000000000000259")
    lost = sdk.v1.disputes.close(only(sdk).id)
    assert lost.status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        sdk.v1.disputes.close(lost.id)


@pytest.mark.parametrize(
    ("evidence", "status"),
    [("winning_evidence", "won"), ("losing_evidence", "lost"), ("Our letters", "under_review")],
)
def test_evidence_settles_a_dispute_as_in_test_mode(shop, sdk, evidence, status):
    shop.give(card="4000000000000259")
    sdk.v1.disputes.update(only(sdk).id, {"evidence": {"uncategorized_text": evidence}})
    assert only(sdk).status == status


def test_evidence_not_yet_submitted_settles_nothing(shop, sdk):
    shop.give(card="4000000000000259")
    sdk.v1.disputes.update(
        only(sdk).id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": False}
    )
    assert only(sdk).status == "needs_response"


def test_a_disputed_test_card_is_told_before_its_payment(shop):
    shop.give(card="4000000000000259")
    told = shop.happened()
    assert told.index("charge.dispute.created") < told.index("payment_intent.succeeded")


def test_an_inquiry_moves_no_money_and_can_be_refunded(shop, sdk):
    session = shop.give(card="4000000000001976")
    dispute = only(sdk)
    assert (dispute.status, money(dispute)) == ("warning_needs_response", [])
    assert dispute.is_charge_refundable is True
    sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert sdk.v1.disputes.close(dispute.id).status == "warning_closed"


def test_a_disputed_charge_cannot_be_refunded_or_disputed_again(shop, sdk, sandbox, http):
    session = shop.give(card="4000000000000259")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.refunds.create({"payment_intent": session.payment_intent})
    assert refusal.value.code == "charge_disputed"
    again = http.post(
        f"{sandbox.base_url}/_control/dispute", json={"payment_intent": session.payment_intent}
    )
    assert again.status_code == 400
