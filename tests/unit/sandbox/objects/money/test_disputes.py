from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of

DAY = 86_400


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
    assert dispute.is_charge_refundable is True
    assert shop.happened()[-3:] == [
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
        "charge.updated",
    ]


def test_accepting_a_dispute_loses_it(shop, sdk):
    shop.give(card="4000000000000259")
    lost = sdk.v1.disputes.close(only(sdk).id)
    assert lost.status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        sdk.v1.disputes.close(lost.id)


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


def test_the_answer_is_due_at_the_end_of_the_eighth_day(shop, sdk, sandbox, http):
    shop.give(card="4000000000000259")
    dispute = only(sdk)
    midnight = dispute.created - dispute.created % DAY
    assert dispute.evidence_details.due_by == midnight + 9 * DAY - 1
    assert dispute.id.startswith("du_")
    raw = http.get(f"{sandbox.base_url}/v1/disputes/{dispute.id}").json()
    assert problems_of(raw) == []
    assert raw["evidence"]["uncategorized_text"] is None
    shop.advance(days=8)
    assert only(sdk).status == "needs_response"
    shop.advance(days=1)
    assert only(sdk).status == "lost"
    assert shop.happened().count("charge.dispute.closed") == 1


def test_what_is_under_review_is_not_lost_for_want_of_an_answer(shop, sdk):
    shop.give(card="4000000000000259")
    sdk.v1.disputes.update(only(sdk).id, {"evidence": {"product_description": "News"}})
    shop.advance(days=30)
    assert only(sdk).status == "under_review"


def test_an_inquiry_may_become_a_dispute(shop, sdk, sandbox, http):
    shop.give(card="4000000000001976")
    sandbox.control("dispute_escalate", {"dispute": only(sdk).id})
    dispute = only(sdk)
    assert (dispute.status, dispute.is_charge_refundable) == ("needs_response", False)
    assert dispute.payment_method_details.card.case_type == "chargeback"
    assert money(dispute) == [(-1500, 1500, -3000)]
    assert shop.happened()[-2:] == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]
    again = http.post(f"{sandbox.base_url}/_control/dispute_escalate", json={"dispute": dispute.id})
    assert again.status_code == 400
    shop.advance(days=9)
    assert only(sdk).status == "lost"


def test_an_inquiry_that_comes_to_nothing_closes_after_four_months(shop, sdk):
    shop.give(card="4000000000001976")
    shop.advance(days=119)
    assert only(sdk).status == "warning_needs_response"
    shop.advance(days=1)
    assert only(sdk).status == "warning_closed"


def test_a_bank_debit_that_is_disputed_is_lost_at_once(shop, sdk, sandbox):
    gift = shop.give(method="sepa_debit", currency="eur")
    sandbox.control("async_payment", {"payment_intent": gift.payment_intent})
    sandbox.control("dispute", {"payment_intent": gift.payment_intent})
    dispute = only(sdk)
    assert (dispute.status, dispute.reason) == ("lost", "customer_initiated")
    assert dispute.evidence_details.due_by == 0
    assert getattr(dispute, "payment_method_details", None) is None
    told = [name for name in shop.happened() if name.startswith("charge.dispute")]
    assert told == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]


def test_only_what_was_not_given_back_is_disputed(shop, sdk, sandbox):
    gift = shop.give()
    sdk.v1.refunds.create({"payment_intent": gift.payment_intent, "amount": 400})
    sandbox.control("dispute", {"payment_intent": gift.payment_intent})
    assert only(sdk).amount == 1100


def test_a_charge_given_back_whole_cannot_be_disputed(shop, sdk, sandbox, http):
    gift = shop.give()
    sdk.v1.refunds.create({"payment_intent": gift.payment_intent})
    answer = http.post(
        f"{sandbox.base_url}/_control/dispute", json={"payment_intent": gift.payment_intent}
    )
    assert answer.status_code == 400


def test_a_won_charge_can_be_refunded_after_all(shop, sdk, sandbox):
    gift = shop.give()
    sandbox.control("dispute", {"payment_intent": gift.payment_intent, "amount": 600})
    sandbox.control("dispute_close", {"dispute": only(sdk).id, "won": True})
    assert sdk.v1.refunds.create({"payment_intent": gift.payment_intent}).status == "succeeded"


def test_disputes_are_found_by_charge_payment_and_time(shop, sdk, sandbox):
    gifts = [shop.give() for _ in range(2)]
    for gift in gifts:
        sandbox.control("dispute", {"payment_intent": gift.payment_intent})
    [found] = sdk.v1.disputes.list({"payment_intent": gifts[1].payment_intent, "limit": 3}).data
    assert sdk.v1.disputes.list({"charge": found.charge}).data == [found]
    assert sdk.v1.disputes.list({"created": {"lt": 1}}).data == []


def test_an_inquiry_escalated_late_has_its_own_time_to_be_answered(shop, sdk, sandbox):
    shop.give(card="4000000000001976")
    shop.advance(days=115)
    sandbox.control("dispute_escalate", {"dispute": only(sdk).id})
    shop.advance(days=7)
    assert only(sdk).status == "needs_response"
    shop.advance(days=2)
    assert only(sdk).status == "lost"
