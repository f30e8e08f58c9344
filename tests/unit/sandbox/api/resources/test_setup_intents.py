from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.world import presented

BACK = "http://newsroom.test/back"
ONLINE = {
    "customer_acceptance": {
        "type": "online",
        "online": {"ip_address": "127.0.0.1", "user_agent": "A browser"},
    }
}


@pytest.fixture(autouse=True)
def shape_clean(sandbox):
    yield
    for kind in ("setup_intent", "setup_attempt", "payment_method", "mandate"):
        for entry in sandbox.world.store.all(kind):
            assert problems_of(presented(entry)) == []


@pytest.fixture
def customer(sdk):
    return sdk.v1.customers.create({"email": "reader@example.org"}).id


@pytest.fixture
def set_up(sdk, customer):
    def set_up(method="pm_card_visa", **more):
        given = {"customer": customer, "payment_method": method, "confirm": True}
        return sdk.v1.setup_intents.create({**given, "return_url": BACK, **more})

    return set_up


def test_a_card_is_kept_without_a_payment(sdk, set_up, customer, shop):
    setup = set_up(metadata={"for": "membership"}, description="Membership")
    assert (setup.status, setup.usage) == ("succeeded", "off_session")
    assert (setup.metadata["for"], setup.description) == ("membership", "Membership")
    assert sdk.v1.payment_methods.retrieve(setup.payment_method).customer == customer
    assert [name for name in shop.happened() if name.startswith(("setup", "payment_m"))] == [
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
    ]
    assert sdk.v1.charges.list().data == []


def test_step_by_step_it_waits_for_a_method_then_for_confirmation(sdk, customer):
    setup = sdk.v1.setup_intents.create({"customer": customer})
    assert setup.status == "requires_payment_method"
    assert setup.payment_method_types == ["card", "sepa_debit"]
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        sdk.v1.setup_intents.confirm(setup.id, {"return_url": BACK})
    setup = sdk.v1.setup_intents.update(setup.id, {"payment_method": "pm_card_visa"})
    assert setup.status == "requires_confirmation"
    assert sdk.v1.setup_intents.confirm(setup.id, {"return_url": BACK}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.setup_intents.confirm(setup.id, {"return_url": BACK})
    assert refused.value.code == "setup_intent_unexpected_state"


def test_a_declined_card_is_a_402_with_the_intent_inside_and_may_be_followed_by_another(
    sdk, set_up, customer, shop
):
    with pytest.raises(stripe.CardError) as declined:
        set_up("pm_card_visa_chargeDeclined")
    error = declined.value.error
    assert (error.code, error.decline_code) == ("card_declined", "generic_decline")
    assert error.setup_intent.status == "requires_payment_method"
    assert error.setup_intent.last_setup_error.code == "card_declined"
    assert shop.happened()[-1] == "setup_intent.setup_failed"
    again = sdk.v1.setup_intents.confirm(
        error.setup_intent.id, {"payment_method": "pm_card_visa", "return_url": BACK}
    )
    assert (again.status, again.last_setup_error) == ("succeeded", None)
    tries = sdk.v1.setup_attempts.list({"setup_intent": again.id}).data
    assert [each.status for each in tries] == ["succeeded", "failed"]
    assert tries[0].id == again.latest_attempt


def test_a_card_that_asks_for_it_is_kept_once_its_owner_has_proved_it(sdk, set_up, http):
    setup = set_up("pm_card_authenticationRequired")
    assert setup.status == "requires_action"
    page = setup.next_action.redirect_to_url.url
    answer = http.post(page, data={"outcome": "complete"}, allow_redirects=False)
    assert answer.headers["Location"] == (
        f"{BACK}?setup_intent={setup.id}&setup_intent_client_secret={setup.client_secret}"
        "&redirect_status=succeeded"
    )
    assert sdk.v1.setup_intents.retrieve(setup.id).status == "succeeded"
    (only,) = sdk.v1.setup_attempts.list({"setup_intent": setup.id}).data
    assert only.status == "succeeded"
    assert only.payment_method_details.card.three_d_secure.result == "authenticated"


def test_who_does_not_prove_it_keeps_no_card(sdk, set_up, http):
    setup = set_up("pm_card_authenticationRequired")
    page = setup.next_action.redirect_to_url.url
    answer = http.post(page, data={"outcome": "fail"}, allow_redirects=False)
    assert "redirect_status=failed" in answer.headers["Location"]
    setup = sdk.v1.setup_intents.retrieve(setup.id)
    assert setup.status == "requires_payment_method"
    assert setup.last_setup_error.code == "setup_intent_authentication_failure"


def test_a_bank_account_is_kept_with_a_mandate(sdk, set_up):
    with pytest.raises(stripe.InvalidRequestError, match="`mandate_data` is required"):
        set_up("pm_sepaDebit_success_de")
    setup = set_up("pm_sepaDebit_success_de", mandate_data=ONLINE)
    mandate = sdk.v1.mandates.retrieve(setup.mandate)
    assert (mandate.status, mandate.type) == ("active", "multi_use")
    assert mandate.payment_method == setup.payment_method
    assert mandate.customer_acceptance.online.user_agent == "A browser"
    assert mandate.payment_method_details.sepa_debit.reference


def test_a_bank_account_given_inline_needs_a_name_and_an_address_to_write_to(sdk, customer):
    data = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
    given = {
        "customer": customer,
        "confirm": True,
        "return_url": BACK,
        "mandate_data": ONLINE,
        "payment_method_data": data,
    }
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.setup_intents.create(given)
    assert refused.value.param == "billing_details[name]"
    data["billing_details"] = {"name": "A Reader", "email": "reader@example.org"}
    assert sdk.v1.setup_intents.create(given).status == "succeeded"


def test_it_can_be_given_up_until_it_has_succeeded(sdk, set_up, customer):
    setup = sdk.v1.setup_intents.create({"customer": customer})
    given_up = sdk.v1.setup_intents.cancel(setup.id, {"cancellation_reason": "abandoned"})
    assert (given_up.status, given_up.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.setup_intents.cancel(set_up().id)
    assert refused.value.code == "setup_intent_unexpected_state"


def test_intents_are_listed_by_customer_and_by_method(sdk, set_up, customer):
    setup = set_up()
    sdk.v1.setup_intents.create()
    for given in ({"customer": customer}, {"payment_method": setup.payment_method}):
        assert [each.id for each in sdk.v1.setup_intents.list(given).data] == [setup.id]


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"return_url": BACK}, "return_url"),
        ({"single_use": {"amount": 1, "currency": "usd"}}, "single_use"),
        ({"attach_to_self": True}, "attach_to_self"),
        (
            {"payment_method_options": {"card": {"moto": True}}},
            "payment_method_options[card][moto]",
        ),
        ({"payment_method_data": {"type": "paypal"}}, "payment_method_data[type]"),
    ],
)
def test_what_would_have_no_effect_is_refused(sdk, more, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.setup_intents.create(more)
    assert refused.value.param == param
