"""What Stripe itself was recorded to do with payments, asked of the sandbox."""

from __future__ import annotations

from sandbox_checks.recordings.asking import RETURN, happened, refusal


def test_a_charge_is_told_before_its_payment(paid, sandbox):
    paid()
    told = happened(sandbox)
    assert told.index("charge.succeeded") < told.index("payment_intent.succeeded")


def test_a_payment_is_captured_asynchronously(paid, sdk):
    intent = sdk.v1.payment_intents.retrieve(paid().payment_intent)
    assert intent.capture_method == "automatic_async"


def test_a_charge_moves_its_amount_less_the_fee(paid, sdk):
    charge = paid(payment_intent_data={"description": "A mug"})
    charge = sdk.v1.charges.retrieve(charge.id, {"expand": ["balance_transaction"]})
    moved = charge.balance_transaction
    assert (moved.type, moved.reporting_category) == ("charge", "charge")
    assert (moved.status, moved.description) == ("pending", "A mug")
    assert [each.description for each in moved.fee_details] == ["Stripe processing fees"]
    assert moved.available_on % 86_400 == 0


def test_a_good_charge_says_how_it_went(paid):
    outcome = paid().outcome.to_dict()
    assert outcome["network_status"] == "approved_by_network"
    assert outcome["risk_level"] == "normal"
    assert outcome["seller_message"] == "Payment complete."
    assert outcome["type"] == "authorized"


def test_a_declined_charge_says_why(sandbox, sdk, paid):
    item = {
        "quantity": 1,
        "price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "Gift"}},
    }
    session = sdk.v1.checkout.sessions.create(
        {"mode": "payment", "success_url": RETURN, "line_items": [item]}
    )
    sandbox.control("pay", {"session": session.id, "card": "4000000000000002"})
    charge = sdk.v1.charges.list().data[0]
    assert (charge.status, charge.failure_code) == ("failed", "card_declined")
    assert charge.failure_message == "Your card was declined."
    assert charge.outcome.reason == "generic_decline"
    assert charge.outcome.network_status == "declined_by_network"
    assert charge.outcome.type == "issuer_declined"
    assert charge.outcome.seller_message == (
        "The bank did not return any further details with this decline."
    )


def declined(sdk, **more):
    return refusal(
        sdk.v1.payment_intents.create,
        {
            "amount": 500,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_visa_chargeDeclined",
            "return_url": RETURN,
            **more,
        },
    )


def test_a_decline_carries_the_intent_and_the_method(sdk, sandbox):
    error = declined(sdk)
    assert (error.http_status, error.code) == (402, "card_declined")
    assert error.error.payment_intent.status == "requires_payment_method"
    assert error.error.payment_intent.payment_method is None
    assert error.error.payment_method.card.checks.cvc_check == "pass"
    assert happened(sandbox)[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_an_intent_with_a_method_waits_for_its_confirmation(sdk):
    intent = sdk.v1.payment_intents.create(
        {"amount": 500, "currency": "usd", "payment_method": "pm_card_visa"}
    )
    assert intent.status == "requires_confirmation"


def test_a_reader_asked_for_3d_secure_has_no_charge_yet(sdk):
    intent = sdk.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_threeDSecure2Required",
            "return_url": RETURN,
        }
    )
    assert (intent.status, intent.latest_charge) == ("requires_action", None)
    assert intent.payment_method is not None


def test_a_held_amount_is_captured_within_seven_days(sdk):
    intent = sdk.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "confirm": True,
            "capture_method": "manual",
            "payment_method": "pm_card_visa",
            "return_url": RETURN,
            "expand": ["latest_charge"],
        }
    )
    card = intent.latest_charge.payment_method_details.card
    assert card.capture_before == intent.latest_charge.created + 604_800
    assert intent.latest_charge.balance_transaction is None
    refused = refusal(sdk.v1.payment_intents.capture, intent.id, {"amount_to_capture": 501})
    assert refused.code == "amount_too_large"
    assert sdk.v1.payment_intents.capture(intent.id).status == "succeeded"


def test_a_disputing_card_that_is_only_held_disputes_nothing(sdk, sandbox):
    intent = sdk.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "confirm": True,
            "capture_method": "manual",
            "payment_method": "pm_card_createDispute",
            "return_url": RETURN,
        }
    )
    assert "charge.dispute.created" not in happened(sandbox)
    sdk.v1.payment_intents.capture(intent.id)
    told = happened(sandbox)
    assert told.index("charge.captured") < told.index("charge.dispute.created")


def test_a_setup_intent_asks_for_a_method_though_the_customer_has_one(sdk):
    customer = sdk.v1.customers.create(
        {
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )
    intent = sdk.v1.setup_intents.create({"customer": customer.id})
    assert intent.usage == "off_session"
    refused = refusal(sdk.v1.setup_intents.confirm, intent.id)
    assert refused.user_message.startswith(
        "You cannot confirm this SetupIntent because it's missing a payment method."
    )


def test_a_charge_says_what_its_card_could_and_could_not(sdk):
    intent = sdk.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "return_url": RETURN,
            "expand": ["latest_charge"],
        }
    )
    card = intent.latest_charge.payment_method_details.card.to_dict()
    assert card["extended_authorization"] == {"status": "disabled"}
    assert card["incremental_authorization"] == {"status": "unavailable"}
    assert card["multicapture"] == {"status": "unavailable"}
    assert card["overcapture"] == {"maximum_amount_capturable": 500, "status": "unavailable"}
    assert card["network_token"] == {"used": False}
    assert card["checks"]["cvc_check"] == "pass"
