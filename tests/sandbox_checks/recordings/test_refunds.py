"""What Stripe itself was recorded to do with refunds, asked of the sandbox."""

from __future__ import annotations

from sandbox_checks.recordings.asking import happened, refusal


def test_a_refund_is_told_before_the_refunded_charge(paid, sdk, sandbox):
    sdk.v1.refunds.create({"charge": paid().id})
    told = happened(sandbox)
    assert told.index("refund.created") < told.index("charge.refunded")


def test_a_refund_moves_its_amount_without_a_fee(paid, sdk):
    charge = paid(payment_intent_data={"description": "A mug"})
    refund = sdk.v1.refunds.create(
        {"charge": charge.id, "amount": 1000, "expand": ["balance_transaction"]}
    )
    moved = refund.balance_transaction
    assert (moved.type, moved.reporting_category) == ("refund", "refund")
    assert (moved.amount, moved.fee, moved.net) == (-1000, 0, -1000)
    assert moved.description == "REFUND FOR CHARGE (A mug)"


def test_a_card_refund_waits_for_its_reference(paid, sdk):
    refund = sdk.v1.refunds.create({"charge": paid().id})
    assert refund.destination_details.to_dict() == {
        "type": "card",
        "card": {
            "type": "refund",
            "reference_type": "acquirer_reference_number",
            "reference_status": "pending",
        },
    }


def test_more_than_is_left_is_refused_in_money(paid, sdk):
    charge = paid(amount=5000)
    sdk.v1.refunds.create({"charge": charge.id, "amount": 4000})
    refused = refusal(sdk.v1.refunds.create, {"charge": charge.id, "amount": 4000})
    assert refused.param == "amount"
    assert refused.user_message == (
        "Refund amount ($40.00) is greater than unrefunded amount on charge ($10.00)"
    )


def test_a_charge_given_back_whole_says_so(paid, sdk):
    charge = paid()
    sdk.v1.refunds.create({"charge": charge.id})
    refused = refusal(sdk.v1.refunds.create, {"charge": charge.id})
    assert refused.code == "charge_already_refunded"
    assert refused.user_message == f"Charge {charge.id} has already been refunded."


def test_nothing_is_no_refund(paid, sdk):
    refused = refusal(sdk.v1.refunds.create, {"charge": paid().id, "amount": 0})
    assert (refused.code, refused.param) == ("parameter_invalid_integer", "amount")
    assert refused.user_message == "This value must be greater than or equal to 1."


def test_a_charge_nobody_made_is_not_found_under_the_name_id(sdk):
    refused = refusal(sdk.v1.refunds.create, {"charge": "ch_nope"})
    assert (refused.http_status, refused.code, refused.param) == (404, "resource_missing", "id")
