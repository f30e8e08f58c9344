"""What Stripe itself was recorded to do with disputes, asked of the sandbox."""

from __future__ import annotations

import pytest
from sandbox_checks.recordings.asking import dispute_of, happened, refusal


def test_a_disputing_card_tells_the_dispute_before_the_payment(paid, sandbox):
    paid("4000000000000259")
    told = [
        name
        for name in happened(sandbox)
        if name.startswith(("charge.succeeded", "charge.dispute", "payment_intent.succ"))
    ]
    assert told == [
        "charge.succeeded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "payment_intent.succeeded",
    ]


def test_a_dispute_takes_the_amount_and_fifteen_dollars(paid, sdk):
    charge = paid("4000000000000259")
    [moved] = dispute_of(sdk, charge).balance_transactions
    assert (moved.type, moved.reporting_category) == ("adjustment", "dispute")
    assert (moved.amount, moved.fee) == (-5000, 1500)
    assert moved.description == f"Chargeback withdrawal for {charge.id}"
    assert [each.description for each in moved.fee_details] == ["Dispute fee"]


def test_a_disputed_charge_takes_no_refund(paid, sdk):
    charge = paid("4000000000000259")
    refused = refusal(sdk.v1.refunds.create, {"charge": charge.id})
    assert refused.code == "charge_disputed"
    assert refused.user_message == (
        f"Charge {charge.id} has been charged back; cannot issue a refund."
    )


def test_an_inquiry_moves_nothing_and_leaves_the_charge_refundable(paid, sdk):
    charge = paid("4000000000001976")
    inquiry = dispute_of(sdk, charge)
    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    assert inquiry.balance_transactions == []
    assert inquiry.payment_method_details.card.case_type == "inquiry"
    sdk.v1.refunds.create({"charge": charge.id})


@pytest.mark.parametrize(
    ("card", "reason", "code"),
    [
        ("4000000000000259", "fraudulent", "10.4"),
        ("4000000000002685", "product_not_received", "13.1"),
    ],
)
def test_a_dispute_carries_visas_code(paid, sdk, card, reason, code):
    dispute = dispute_of(sdk, paid(card))
    assert dispute.reason == reason
    assert dispute.payment_method_details.card.to_dict() == {
        "brand": "visa",
        "case_type": "chargeback",
        "network": "visa",
        "network_reason_code": code,
    }


def test_a_win_brings_back_the_amount_and_not_the_fee(paid, sdk, sandbox):
    charge = paid("4000000000000259")
    dispute = dispute_of(sdk, charge)
    sdk.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    sandbox.control("advance", {"days": 1})
    won = sdk.v1.disputes.retrieve(dispute.id)
    assert won.status == "won"
    back = next(each for each in won.balance_transactions if each.amount > 0)
    assert (back.type, back.reporting_category) == ("adjustment", "dispute_reversal")
    assert (back.amount, back.fee) == (5000, 0)
    assert back.description == f"Chargeback reversal for {charge.id}"


def test_evidence_puts_a_dispute_under_review(paid, sdk, sandbox):
    dispute = dispute_of(sdk, paid("4000000000000259"))
    answer = sdk.v1.disputes.update(dispute.id, {"evidence": {"product_description": "A mug"}})
    assert answer.status == "under_review"
    assert answer.evidence_details.submission_count == 1
    told = happened(sandbox)
    assert told[-2:] == ["charge.dispute.updated", "charge.updated"]


def test_a_closed_dispute_is_lost_at_once_and_takes_nothing_more(paid, sdk, sandbox):
    dispute = dispute_of(sdk, paid("4000000000000259"))
    assert sdk.v1.disputes.close(dispute.id).status == "lost"
    assert happened(sandbox)[-2:] == ["charge.dispute.closed", "charge.updated"]
    again = refusal(sdk.v1.disputes.update, dispute.id, {"metadata": {"a": "b"}})
    assert again.user_message == "This dispute is already closed"


def test_a_dispute_has_eight_days_to_the_last_second(paid, sdk):
    dispute = dispute_of(sdk, paid("4000000000000259"))
    assert dispute.id.startswith("du_")
    day = dispute.created // 86_400
    assert dispute.evidence_details.due_by == (day + 9) * 86_400 - 1
