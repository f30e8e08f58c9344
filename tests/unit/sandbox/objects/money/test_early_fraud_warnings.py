from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of


def warned(shop, sandbox, **wanted):
    gift = shop.give()
    sandbox.control("early_fraud_warning", {"payment_intent": gift.payment_intent, **wanted})
    return gift


def only(sdk):
    [warning] = sdk.v1.radar.early_fraud_warnings.list().data
    return warning


def test_a_warning_names_its_charge_and_moves_no_money(shop, sdk, sandbox, http):
    gift = warned(shop, sandbox, fraud_type="made_with_stolen_card")
    warning = only(sdk)
    assert warning.id.startswith("issfr_")
    assert (warning.charge, warning.payment_intent) == (shop.charge(gift).id, gift.payment_intent)
    assert (warning.actionable, warning.fraud_type) == (True, "made_with_stolen_card")
    assert shop.happened()[-1] == "radar.early_fraud_warning.created"
    assert len(sdk.v1.balance_transactions.list().data) == 1
    raw = http.get(f"{sandbox.base_url}/v1/radar/early_fraud_warnings/{warning.id}").json()
    assert problems_of(raw) == []


def test_warnings_are_found_by_charge_and_payment(shop, sdk, sandbox):
    gift = warned(shop, sandbox)
    warned(shop, sandbox)
    warnings = sdk.v1.radar.early_fraud_warnings
    assert len(warnings.list().data) == 2
    assert len(warnings.list({"payment_intent": gift.payment_intent, "limit": 5}).data) == 1
    assert len(warnings.list({"charge": shop.charge(gift).id}).data) == 1


def test_a_whole_refund_or_a_dispute_leaves_nothing_to_do(shop, sdk, sandbox):
    gift = warned(shop, sandbox)
    sdk.v1.refunds.create({"payment_intent": gift.payment_intent, "amount": 500})
    assert only(sdk).actionable is True
    sdk.v1.refunds.create({"payment_intent": gift.payment_intent})
    assert only(sdk).actionable is False
    assert shop.happened()[-1] == "radar.early_fraud_warning.updated"
    other = warned(shop, sandbox)
    sandbox.control("dispute", {"payment_intent": other.payment_intent})
    assert sdk.v1.radar.early_fraud_warnings.list().data[0].actionable is False


def test_a_warning_about_a_disputed_charge_is_not_actionable(shop, sdk, sandbox):
    gift = shop.give(card="4000000000000259")
    sandbox.control("early_fraud_warning", {"payment_intent": gift.payment_intent})
    assert only(sdk).actionable is False


def test_there_is_no_other_warning(sdk, sandbox, http):
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.radar.early_fraud_warnings.retrieve("issfr_nobody")
    address = f"{sandbox.base_url}/_control/early_fraud_warning"
    assert http.post(address, json={"charge": "ch_nobody"}).status_code == 404
