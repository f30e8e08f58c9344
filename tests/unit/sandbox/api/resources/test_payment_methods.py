from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.cards import BY_NAME, BY_TOKEN
from donations.sandbox.objects.methods.ibans import TEST_IBANS
from donations.sandbox.world import presented


@pytest.fixture(autouse=True)
def shape_clean(sandbox):
    yield
    for kind in ("payment_method", "mandate"):
        for entry in sandbox.world.store.all(kind):
            assert problems_of(presented(entry)) == []


@pytest.fixture
def customer(sdk):
    return sdk.v1.customers.create({"email": "reader@example.org"}).id


def card(sdk, **details):
    given = {"number": "4242 4242 4242 4242", "exp_month": 5, "exp_year": 2031, **details}
    return sdk.v1.payment_methods.create({"type": "card", "card": given})


def test_a_card_is_made_from_its_number(sdk):
    made = sdk.v1.payment_methods.create(
        {
            "type": "card",
            "card": {
                "number": "4000056655665556",
                "exp_month": 5,
                "exp_year": 2031,
                "cvc": "123",
            },
            "billing_details": {
                "name": "A Reader",
                "email": "reader@example.org",
                "address": {"postal_code": "LV-1010", "line1": "A street"},
            },
            "metadata": {"kept": "yes"},
            "allow_redisplay": "always",
        }
    )
    assert (made.card.brand, made.card.funding, made.card.last4) == ("visa", "debit", "5556")
    assert (made.card.exp_month, made.card.exp_year) == (5, 2031)
    assert made.billing_details.address.postal_code == "LV-1010"
    assert made.card.checks.cvc_check == made.card.checks.address_line1_check == "pass"
    assert (made.metadata["kept"], made.allow_redisplay, made.customer) == ("yes", "always", None)


def test_what_was_not_given_is_not_checked(sdk):
    checks = card(sdk, number="4000000000000101").card.checks
    assert (checks.cvc_check, checks.address_postal_code_check) == (None, None)
    assert card(sdk, number="4000000000000101", cvc="123").card.checks.cvc_check == "fail"


def test_a_card_is_made_from_a_token(sdk):
    made = sdk.v1.payment_methods.create({"type": "card", "card": {"token": "tok_mastercard"}})
    assert made.card.brand == "mastercard"
    with pytest.raises(stripe.InvalidRequestError, match="No such token"):
        sdk.v1.payment_methods.create({"type": "card", "card": {"token": "tok_nothing"}})


@pytest.mark.parametrize(
    ("details", "code", "param"),
    [
        ({"number": "4242424242424241"}, "incorrect_number", "number"),
        ({"number": "4111111111111111"}, "card_declined", "number"),
        ({"exp_month": 13}, "invalid_expiry_month", "exp_month"),
        ({"exp_year": 1995}, "invalid_expiry_year", "exp_year"),
        ({"cvc": "99"}, "invalid_cvc", "cvc"),
    ],
)
def test_what_is_wrong_with_a_card_is_a_402(sdk, details, code, param):
    with pytest.raises(stripe.CardError) as refused:
        card(sdk, **details)
    assert (refused.value.code, refused.value.param) == (code, param)


def test_a_card_that_is_no_test_card_says_so(sdk):
    with pytest.raises(stripe.CardError, match="non test card") as refused:
        card(sdk, number="4111111111111111")
    assert refused.value.error.decline_code == "test_mode_live_card"


def test_the_knob_has_every_new_card_issued_in_one_country(sdk, sandbox):
    assert card(sdk).card.country == "US"
    sandbox.control("faults", {"country": "RS"})
    assert card(sdk).card.country == "RS"


@pytest.mark.parametrize("name", ["pm_card_de", "pm_card_jp", "pm_card_ru", "pm_card_br"])
def test_there_is_a_card_of_every_country_stripe_lists(sdk, name):
    assert sdk.v1.payment_methods.retrieve(name).card.country == name[-2:].upper()


def test_an_account_is_made_from_its_iban(sdk):
    made = sdk.v1.payment_methods.create(
        {
            "type": "sepa_debit",
            "sepa_debit": {"iban": "fr14 2004 1010 0505 0001 3M02 606"},
            "billing_details": {"name": "A Reader", "email": "reader@example.org"},
        }
    )
    assert (made.sepa_debit.country, made.sepa_debit.last4) == ("FR", "2606")
    assert made.sepa_debit.bank_code == "20041"


@pytest.mark.parametrize(
    ("iban", "code"),
    [
        ("DE00370400440532013000", "invalid_bank_account_iban"),
        ("DE12500105170648489890", "payment_method_invalid_parameter_testmode"),
        ("DE91370400440000055555", "sepa_debit_bank_not_supported"),
        ("DE18370400440000066666", "sepa_debit_debits_not_supported"),
    ],
)
def test_an_account_that_cannot_be_debited_is_refused(sdk, iban, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.payment_methods.create({"type": "sepa_debit", "sepa_debit": {"iban": iban}})
    assert refused.value.code == code


@pytest.mark.parametrize(
    "given",
    [
        {"type": "paypal"},
        {"type": "card", "card": {"token": "tok_visa"}, "radar_options": {"session": "rse"}},
        {"type": "klarna", "klarna": {"dob": {"day": 1, "month": 1, "year": 1990}}},
        {"type": "card"},
    ],
)
def test_types_and_options_the_sandbox_lacks_are_refused(sdk, given):
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.payment_methods.create(given)


def test_every_test_name_makes_a_method(sdk):
    for name in (*BY_NAME, *(each.name for each in TEST_IBANS.values() if each.name)):
        assert sdk.v1.payment_methods.retrieve(name).id.startswith("pm_")
    assert len(BY_TOKEN) == len(BY_NAME)


def test_a_kept_card_can_be_changed(sdk, customer, shop):
    method = card(sdk).id
    with pytest.raises(stripe.InvalidRequestError, match="save this PaymentMethod"):
        sdk.v1.payment_methods.update(method, {"metadata": {"a": "b"}})
    sdk.v1.payment_methods.attach(method, {"customer": customer})
    changed = sdk.v1.payment_methods.update(
        method,
        {
            "card": {"exp_month": 1, "exp_year": 2035},
            "billing_details": {"name": "Another Name", "address": {"city": "Riga"}},
            "metadata": {"a": "b"},
        },
    )
    assert (changed.card.exp_month, changed.card.exp_year) == (1, 2035)
    assert (changed.billing_details.name, changed.billing_details.address.city) == (
        "Another Name",
        "Riga",
    )
    assert shop.happened()[-1] == "payment_method.updated"
    with pytest.raises(stripe.CardError):
        sdk.v1.payment_methods.update(method, {"card": {"exp_month": 1, "exp_year": 2020}})


def test_a_customers_methods_are_found_through_them(sdk, customer):
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    assert sdk.v1.customers.payment_methods.retrieve(customer, method).id == method
    assert [each.id for each in sdk.v1.payment_methods.list({"customer": customer}).data] == [
        method
    ]
    other = sdk.v1.customers.create({"email": "other@example.org"}).id
    with pytest.raises(stripe.InvalidRequestError, match="No such"):
        sdk.v1.customers.payment_methods.retrieve(other, method)
    assert sdk.v1.payment_methods.list({"customer": customer, "type": "sepa_debit"}).data == []


def test_a_plainly_declined_card_is_kept_by_nobody(sdk, customer):
    with pytest.raises(stripe.CardError) as declined:
        sdk.v1.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": customer})
    assert declined.value.error.payment_method.card.last4 == "0002"
    kept = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    assert sdk.v1.payment_methods.attach(kept, {"customer": customer}).customer == customer


def test_what_was_detached_is_gone_for_good_and_so_is_its_mandate(sdk, customer, shop):
    setup = sdk.v1.setup_intents.create(
        {
            "customer": customer,
            "payment_method": "pm_sepaDebit_success_de",
            "confirm": True,
            "return_url": "http://newsroom.test/back",
            "mandate_data": {"customer_acceptance": {"type": "offline"}},
        }
    )
    sdk.v1.payment_methods.detach(setup.payment_method)
    assert sdk.v1.mandates.retrieve(setup.mandate).status == "inactive"
    assert shop.happened()[-2:] == ["payment_method.detached", "mandate.updated"]
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        sdk.v1.payment_methods.attach(setup.payment_method, {"customer": customer})
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        sdk.v1.payment_methods.detach(setup.payment_method)


def test_a_kept_method_moves_to_no_other_customer(sdk, customer):
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    other = sdk.v1.customers.create({"email": "other@example.org"}).id
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        sdk.v1.payment_methods.attach(method, {"customer": other})
