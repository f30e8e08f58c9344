from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of

DAY = 86_400
BACK = "http://newsroom.test/back?from=bank"
OURS = ("payment_intent", "charge", "setup_intent", "payment_method", "mandate", "setup_attempt")


@pytest.fixture(autouse=True)
def shape_clean(sandbox):
    """Whatever a test did, every object it left has the shape the SDK declares."""
    yield
    from donations.sandbox.world import presented

    for kind in OURS:
        for entry in sandbox.world.store.all(kind):
            assert problems_of(presented(entry)) == []


@pytest.fixture
def pay(sdk):
    """Make a payment intent and confirm it, the usual way of a server."""

    def pay(method="pm_card_visa", **more):
        return sdk.v1.payment_intents.create(
            {
                "amount": 1500,
                "currency": "usd",
                "payment_method": method,
                "confirm": True,
                "return_url": BACK,
                **more,
            }
        )

    return pay


@pytest.fixture
def customer(sdk):
    return sdk.v1.customers.create({"email": "reader@example.org", "name": "A Reader"}).id


def kept(sdk, customer, name):
    return sdk.v1.payment_methods.attach(name, {"customer": customer}).id


class TestMaking:
    def test_without_a_method_it_waits_for_one_and_takes_what_its_currency_allows(self, sdk):
        intent = sdk.v1.payment_intents.create(
            {"amount": 1500, "currency": "EUR", "metadata": {"gift": "7"}, "description": "Gift"}
        )
        assert (intent.status, intent.currency) == ("requires_payment_method", "eur")
        assert intent.payment_method_types == ["card", "sepa_debit"]
        assert intent.automatic_payment_methods.enabled
        assert intent.client_secret.startswith(intent.id + "_secret_")
        assert (intent.metadata["gift"], intent.description) == ("7", "Gift")
        assert intent.capture_method == "automatic_async"
        dollars = sdk.v1.payment_intents.create({"amount": 1500, "currency": "usd"})
        assert dollars.payment_method_types == ["card"]

    def test_with_a_method_it_waits_to_be_confirmed(self, sdk, shop):
        intent = sdk.v1.payment_intents.create(
            {"amount": 1500, "currency": "usd", "payment_method": "pm_card_visa"}
        )
        assert intent.status == "requires_confirmation"
        paid = sdk.v1.payment_intents.confirm(intent.id, {"return_url": BACK})
        assert (paid.status, paid.amount_received) == ("succeeded", 1500)
        assert [name for name in shop.happened() if name.startswith(("pay", "charge"))] == [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "charge.updated",
        ]

    def test_what_was_asked_for_stands_on_intent_and_charge(self, pay, customer):
        intent = pay(
            customer=customer,
            receipt_email="reader@example.org",
            statement_descriptor_suffix="GIFT",
            metadata={"gift": "7"},
            description="A gift",
            shipping={"name": "A Reader", "address": {"city": "Riga"}},
            expand=["latest_charge.balance_transaction"],
        )
        charge = intent.latest_charge
        assert charge.customer == intent.customer == customer
        assert charge.receipt_email == "reader@example.org"
        assert charge.calculated_statement_descriptor.endswith("* GIFT")
        assert (charge.metadata["gift"], charge.description) == ("7", "A gift")
        assert charge.shipping.address.city == "Riga"
        assert charge.balance_transaction.amount == 1500

    @pytest.mark.parametrize(
        ("more", "code", "param"),
        [
            ({"amount": 49}, "amount_too_small", "amount"),
            ({"currency": "xyz"}, None, "currency"),
            ({"payment_method_types": ["card"]}, "payment_method_types_no_longer_supported", None),
            ({"off_session": True}, None, "off_session"),
            ({"return_url": BACK}, None, "return_url"),
            ({"mandate_data": {"customer_acceptance": {"type": "offline"}}}, None, "mandate_data"),
            ({"payment_method": "pm_nothing"}, "resource_missing", "payment_method"),
            ({"customer": "cus_nothing"}, "resource_missing", "customer"),
            ({"transfer_group": "X"}, None, "transfer_group"),
            ({"statement_descriptor_suffix": "<b>"}, None, "statement_descriptor_suffix"),
            ({"excluded_payment_method_types": ["card"]}, None, "allowed_payment_method_types"),
            (
                {"payment_method_options": {"card": {"moto": True}}},
                None,
                "payment_method_options[card][moto]",
            ),
        ],
    )
    def test_what_stripe_or_the_sandbox_does_not_take_is_refused(self, sdk, more, code, param):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            sdk.v1.payment_intents.create({"amount": 1500, "currency": "usd", **more})
        if code:
            assert refused.value.code == code
        if param:
            assert refused.value.param == param
        assert sdk.v1.payment_intents.list().data == []

    def test_a_confirmation_needs_a_way_back_unless_nothing_may_redirect(self, sdk):
        with pytest.raises(stripe.InvalidRequestError, match="must provide a `return_url`"):
            sdk.v1.payment_intents.create(
                {
                    "amount": 1500,
                    "currency": "usd",
                    "payment_method": "pm_card_visa",
                    "confirm": True,
                }
            )
        never = {"enabled": True, "allow_redirects": "never"}
        intent = sdk.v1.payment_intents.create(
            {
                "amount": 1500,
                "currency": "usd",
                "payment_method": "pm_card_visa",
                "confirm": True,
                "automatic_payment_methods": never,
            }
        )
        assert intent.status == "succeeded"

    def test_it_can_only_be_confirmed_by_hand_or_automatically(self, sdk):
        with pytest.raises(stripe.InvalidRequestError, match="only specify one of"):
            sdk.v1.payment_intents.create(
                {
                    "amount": 1500,
                    "currency": "usd",
                    "automatic_payment_methods": {"enabled": True},
                    "confirmation_method": "manual",
                }
            )


class TestDeclines:
    @pytest.mark.parametrize(
        ("name", "code", "decline_code"),
        [
            ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
            (
                "pm_card_visa_chargeDeclinedInsufficientFunds",
                "card_declined",
                "insufficient_funds",
            ),
            ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
            (
                "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
                "card_declined",
                "card_velocity_exceeded",
            ),
            ("pm_card_radarBlock", "card_declined", "fraudulent"),
        ],
    )
    def test_a_declined_card_is_a_402_with_the_intent_inside(
        self, sdk, pay, name, code, decline_code
    ):
        with pytest.raises(stripe.CardError) as declined:
            pay(name)
        error = declined.value.error
        assert (declined.value.http_status, error.code, error.decline_code) == (
            402,
            code,
            decline_code,
        )
        assert error.doc_url.endswith(code.replace("_", "-"))
        assert error.payment_intent.status == "requires_payment_method"
        assert error.payment_intent.last_payment_error.decline_code == decline_code
        assert error.payment_method.type == "card"
        charge = sdk.v1.charges.retrieve(error.charge)
        assert (charge.status, charge.failure_code, charge.paid) == ("failed", code, False)

    def test_what_stripe_blocks_the_issuer_never_hears_of(self, sdk, pay):
        with pytest.raises(stripe.CardError) as declined:
            pay("pm_card_radarBlock")
        outcome = sdk.v1.charges.retrieve(declined.value.error.charge).outcome
        assert (outcome.type, outcome.risk_level) == ("blocked", "highest")
        assert outcome.network_status == "not_sent_to_network"

    def test_an_elevated_risk_is_told_and_paid(self, pay):
        outcome = pay("pm_card_riskLevelElevated", expand=["latest_charge"]).latest_charge.outcome
        assert (outcome.type, outcome.risk_level) == ("authorized", "elevated")

    def test_another_card_can_be_tried_on_the_same_intent(self, sdk, pay):
        with pytest.raises(stripe.CardError) as declined:
            pay("pm_card_visa_chargeDeclined")
        identifier = declined.value.error.payment_intent.id
        paid = sdk.v1.payment_intents.confirm(
            identifier, {"payment_method": "pm_card_visa", "return_url": BACK}
        )
        assert (paid.status, paid.last_payment_error) == ("succeeded", None)
        assert len(sdk.v1.charges.list({"payment_intent": identifier}).data) == 2

    def test_a_decline_is_replayed_under_its_key_and_charges_once(self, sdk):
        given = {
            "amount": 1500,
            "currency": "usd",
            "payment_method": "pm_card_visa_chargeDeclined",
            "confirm": True,
            "return_url": BACK,
        }
        intents = set()
        for _ in range(2):
            with pytest.raises(stripe.CardError) as declined:
                sdk.v1.payment_intents.create(given, {"idempotency_key": "gift-7-1"})
            intents.add(declined.value.error.payment_intent.id)
        assert len(intents) == 1
        assert len(sdk.v1.charges.list().data) == 1

    def test_a_card_that_only_attaches_fails_once_it_is_kept(self, sdk, pay, customer):
        assert pay("pm_card_chargeCustomerFail").status == "succeeded"
        method = kept(sdk, customer, "pm_card_chargeCustomerFail")
        for more in ({}, {"off_session": True}):
            with pytest.raises(stripe.CardError, match="declined"):
                pay(method, customer=customer, **more)

    def test_a_card_whose_month_has_passed_is_declined_as_expired(self, pay, sandbox):
        sandbox.control("advance", {"months": 12 * 9})
        with pytest.raises(stripe.CardError) as declined:
            pay("pm_card_visa")
        assert declined.value.code == "expired_card"

    def test_an_early_fraud_warning_follows_its_card(self, sdk, pay, shop):
        intent = pay("pm_card_createIssuerFraudRecord")
        warnings = sdk.v1.radar.early_fraud_warnings.list({"payment_intent": intent.id}).data
        assert [each.charge for each in warnings] == [intent.latest_charge]
        assert "radar.early_fraud_warning.created" in shop.happened()

    def test_a_dispute_follows_its_card(self, sdk, pay):
        intent = pay("pm_card_createDispute")
        disputes = sdk.v1.disputes.list({"payment_intent": intent.id}).data
        assert [each.reason for each in disputes] == ["fraudulent"]


class TestAuthentication:
    def test_the_reader_is_sent_to_a_page_of_the_sandbox(self, pay, sandbox):
        intent = pay("pm_card_authenticationRequired")
        assert intent.status == "requires_action"
        action = intent.next_action
        assert action.type == "redirect_to_url"
        assert action.redirect_to_url.url == f"{sandbox.base_url}/c/authenticate/{intent.id}"
        assert action.redirect_to_url.return_url == BACK

    def test_without_a_way_back_it_is_left_to_stripes_script(self, sdk):
        intent = sdk.v1.payment_intents.create(
            {
                "amount": 1500,
                "currency": "usd",
                "payment_method": "pm_card_authenticationRequired",
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )
        assert intent.next_action.type == "use_stripe_sdk"

    def test_off_session_nobody_can_be_asked(self, sdk, pay, customer):
        method = kept(sdk, customer, "pm_card_authenticationRequired")
        with pytest.raises(stripe.CardError) as declined:
            pay(method, customer=customer, off_session=True)
        error = declined.value.error
        assert (error.code, error.decline_code) == (
            "authentication_required",
            "authentication_required",
        )
        assert error.payment_intent.status == "requires_payment_method"
        assert error.payment_method.id == method

    def test_an_integration_that_takes_no_actions_gets_a_decline(self, pay):
        with pytest.raises(stripe.CardError) as declined:
            pay("pm_card_authenticationRequired", error_on_requires_action=True)
        assert declined.value.error.decline_code == "authentication_not_handled"
        assert declined.value.error.payment_intent.status == "requires_payment_method"

    def test_a_card_set_up_with_authentication_is_charged_quietly_afterwards(
        self, sdk, pay, customer, http
    ):
        method = kept(sdk, customer, "pm_card_authenticationRequiredOnSetup")
        with pytest.raises(stripe.CardError, match="authentication"):
            pay(method, customer=customer, off_session=True)
        setup = sdk.v1.setup_intents.create(
            {"customer": customer, "payment_method": method, "confirm": True, "return_url": BACK}
        )
        page = setup.next_action.redirect_to_url.url
        http.post(page, data={"outcome": "complete"}, allow_redirects=False)
        assert pay(method, customer=customer, off_session="recurring").status == "succeeded"

    def test_a_first_payment_sets_the_card_up_as_well(self, sdk, pay, customer, http):
        first = pay(
            "pm_card_authenticationRequiredOnSetup",
            customer=customer,
            setup_future_usage="off_session",
        )
        http.post(
            first.next_action.redirect_to_url.url,
            data={"outcome": "complete"},
            allow_redirects=False,
        )
        first = sdk.v1.payment_intents.retrieve(first.id)
        assert first.status == "succeeded"
        assert sdk.v1.payment_methods.retrieve(first.payment_method).customer == customer
        again = pay(first.payment_method, customer=customer, off_session=True)
        assert again.status == "succeeded"

    def test_some_cards_are_set_up_already(self, sdk, pay, customer):
        method = kept(sdk, customer, "pm_card_authenticationRequiredSetupForOffSession")
        assert pay(method, customer=customer).status == "requires_action"
        assert pay(method, customer=customer, off_session=True).status == "succeeded"

    def test_it_can_be_asked_of_a_card_that_only_supports_it(self, pay):
        assert pay("pm_card_threeDSecureOptional").status == "succeeded"
        options = {"card": {"request_three_d_secure": "any"}}
        asked = pay("pm_card_threeDSecureOptional", payment_method_options=options)
        assert asked.status == "requires_action"
        assert pay("pm_card_amex", payment_method_options=options).status == "succeeded"

    def test_some_cards_are_declined_after_it(self, sdk, pay, http):
        intent = pay("pm_card_threeDSecureRequiredChargeDeclined")
        answer = http.post(
            intent.next_action.redirect_to_url.url,
            data={"outcome": "complete"},
            allow_redirects=False,
        )
        assert "redirect_status=failed" in answer.headers["Location"]
        assert sdk.v1.payment_intents.retrieve(intent.id).last_payment_error.code == "card_declined"


class TestCapturing:
    def test_an_amount_is_held_and_captured_later(self, sdk, pay, shop):
        intent = pay(capture_method="manual", expand=["latest_charge"])
        charge = intent.latest_charge
        assert (intent.status, intent.amount_capturable) == ("requires_capture", 1500)
        assert (charge.captured, charge.paid, charge.balance_transaction) == (False, True, None)
        before = len(shop.happened())
        taken = sdk.v1.payment_intents.capture(
            intent.id, params={"expand": ["latest_charge.balance_transaction"]}
        )
        assert (taken.status, taken.amount_received) == ("succeeded", 1500)
        assert taken.latest_charge.balance_transaction.amount == 1500
        assert shop.happened(since=before) == [
            "charge.captured",
            "payment_intent.succeeded",
            "charge.updated",
        ]

    def test_a_part_is_taken_and_the_rest_goes_back(self, sdk, pay):
        intent = pay(capture_method="manual")
        with pytest.raises(stripe.InvalidRequestError, match="at most the amount held"):
            sdk.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1501})
        taken = sdk.v1.payment_intents.capture(
            intent.id,
            {"amount_to_capture": 1000, "expand": ["latest_charge.balance_transaction"]},
        )
        charge = taken.latest_charge
        assert (taken.amount_received, charge.amount_captured) == (1000, 1000)
        assert (charge.amount, charge.amount_refunded, charge.refunded) == (1500, 500, False)
        assert (charge.balance_transaction.amount, charge.balance_transaction.fee) == (1000, 59)
        with pytest.raises(stripe.InvalidRequestError):
            sdk.v1.refunds.create({"payment_intent": intent.id, "amount": 1001})
        assert sdk.v1.refunds.create({"payment_intent": intent.id}).amount == 1000

    def test_a_charge_can_be_captured_by_its_own_name(self, sdk, pay):
        intent = pay(capture_method="manual")
        charge = sdk.v1.charges.capture(intent.latest_charge, {"amount": 700})
        assert (charge.captured, charge.amount_captured) == (True, 700)
        with pytest.raises(stripe.InvalidRequestError) as refused:
            sdk.v1.charges.capture(intent.latest_charge)
        assert refused.value.code == "charge_already_captured"

    def test_what_is_held_can_be_let_go(self, sdk, pay, shop):
        intent = pay(capture_method="manual")
        given_up = sdk.v1.payment_intents.cancel(intent.id)
        assert (given_up.status, given_up.amount_capturable) == ("canceled", 0)
        assert sdk.v1.charges.retrieve(intent.latest_charge).refunded
        assert shop.happened()[-2:] == ["charge.refunded", "payment_intent.canceled"]
        assert sdk.v1.balance.retrieve().pending == []

    def test_after_seven_days_the_issuer_lets_go_by_itself(self, sdk, pay, sandbox, shop):
        intent = pay(capture_method="manual", expand=["latest_charge"])
        until = intent.latest_charge.payment_method_details.card.capture_before
        assert until - intent.created == 7 * DAY
        sandbox.control("advance", {"seconds": 7 * DAY - 60})
        assert sdk.v1.payment_intents.retrieve(intent.id).status == "requires_capture"
        sandbox.control("advance", {"seconds": 120})
        lapsed = sdk.v1.payment_intents.retrieve(intent.id)
        assert (lapsed.status, lapsed.cancellation_reason) == ("canceled", "automatic")
        assert "charge.expired" in shop.happened()

    def test_visa_lets_go_earlier_of_what_was_held_with_nobody_there(self, sdk, pay, customer):
        for name, seconds in (("pm_card_visa", 410_400), ("pm_card_mastercard", 7 * DAY)):
            intent = pay(
                kept(sdk, customer, name),
                customer=customer,
                capture_method="manual",
                off_session=True,
                expand=["latest_charge"],
            )
            card = intent.latest_charge.payment_method_details.card
            assert card.capture_before - intent.latest_charge.created == seconds

    def test_a_captured_intent_does_not_lapse(self, sdk, pay, sandbox):
        intent = pay(capture_method="manual")
        sdk.v1.payment_intents.capture(intent.id)
        sandbox.control("advance", {"days": 8})
        assert sdk.v1.payment_intents.retrieve(intent.id).status == "succeeded"

    def test_only_what_is_held_can_be_captured(self, sdk, pay):
        intent = pay()
        with pytest.raises(stripe.InvalidRequestError) as refused:
            sdk.v1.payment_intents.capture(intent.id)
        assert refused.value.code == "payment_intent_unexpected_state"

    def test_a_hold_is_never_increased(self, sdk, pay):
        intent = pay(capture_method="manual")
        with pytest.raises(stripe.InvalidRequestError, match="incremental"):
            sdk.v1.payment_intents.increment_authorization(intent.id, {"amount": 2000})


class TestChanging:
    def test_amount_method_and_notes_can_be_changed_before_it_is_paid(self, sdk):
        intent = sdk.v1.payment_intents.create({"amount": 1500, "currency": "usd"})
        changed = sdk.v1.payment_intents.update(
            intent.id,
            {
                "amount": 2500,
                "currency": "eur",
                "payment_method": "pm_card_visa",
                "metadata": {"gift": "8"},
                "description": "More",
            },
        )
        assert (changed.amount, changed.currency) == (2500, "eur")
        assert changed.status == "requires_confirmation"
        assert changed.payment_method_types == ["card", "sepa_debit"]
        assert (changed.metadata["gift"], changed.description) == ("8", "More")

    def test_afterwards_only_the_notes(self, sdk, pay):
        intent = pay()
        noted = sdk.v1.payment_intents.update(intent.id, {"metadata": {"gift": "8"}})
        assert noted.metadata["gift"] == "8"
        with pytest.raises(stripe.InvalidRequestError) as refused:
            sdk.v1.payment_intents.update(intent.id, {"amount": 100})
        assert refused.value.code == "payment_intent_unexpected_state"

    def test_it_is_confirmed_once_and_never_without_a_method(self, sdk, pay):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            sdk.v1.payment_intents.confirm(pay().id)
        assert refused.value.code == "payment_intent_unexpected_state"
        empty = sdk.v1.payment_intents.create({"amount": 1500, "currency": "usd"})
        with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
            sdk.v1.payment_intents.confirm(empty.id, {"return_url": BACK})

    def test_it_can_be_given_up_until_it_is_paid(self, sdk, pay):
        intent = sdk.v1.payment_intents.create({"amount": 1500, "currency": "usd"})
        given_up = sdk.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
        assert (given_up.status, given_up.cancellation_reason) == ("canceled", "abandoned")
        with pytest.raises(stripe.InvalidRequestError) as refused:
            sdk.v1.payment_intents.cancel(pay().id)
        assert refused.value.code == "payment_intent_unexpected_state"
        assert refused.value.error.payment_intent.status == "succeeded"

    def test_intents_are_listed_by_customer(self, sdk, pay, customer):
        mine = pay(customer=customer)
        pay()
        assert [each.id for each in sdk.v1.payment_intents.list({"customer": customer}).data] == [
            mine.id
        ]

    def test_a_wrong_secret_shows_nothing(self, sdk, pay):
        intent = pay()
        given = {"client_secret": intent.client_secret}
        assert sdk.v1.payment_intents.retrieve(intent.id, given).id == intent.id
        with pytest.raises(stripe.InvalidRequestError):
            sdk.v1.payment_intents.retrieve(intent.id, {"client_secret": "pi_x_secret_y"})


class TestOwners:
    def test_a_kept_card_needs_its_customer_on_the_intent(self, sdk, pay, customer):
        method = kept(sdk, customer, "pm_card_visa")
        with pytest.raises(stripe.InvalidRequestError, match="include the Customer"):
            pay(method)
        other = sdk.v1.customers.create({"email": "other@example.org"}).id
        with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
            pay(method, customer=other)

    def test_a_card_nobody_kept_pays_once(self, sdk, pay, customer):
        method = sdk.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).id
        assert pay(method).status == "succeeded"
        with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
            pay(method)
        with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
            sdk.v1.payment_methods.attach(method, {"customer": customer})

    def test_a_card_kept_for_later_without_a_customer_can_be_attached(self, sdk, pay, customer):
        method = pay(setup_future_usage="off_session").payment_method
        assert sdk.v1.payment_methods.attach(method, {"customer": customer}).customer == customer
