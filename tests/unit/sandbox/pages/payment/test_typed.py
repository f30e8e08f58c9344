from __future__ import annotations

import pytest

from donations.sandbox.pages.payment import languages
from donations.sandbox.pages.payment.questions import Questions
from donations.sandbox.pages.payment.typed import read

NOW = 1_795_000_000  # 18 November 2026
GOOD = {
    "email": "v@example.org",
    "name": "Vera",
    "method": "card",
    "card_number": "4242 4242 4242 4242",
    "expiry": "11 / 26",
    "cvc": "123",
}
PLAIN = {
    "mode": "payment",
    "customer": None,
    "customer_email": None,
    "customer_details": None,
    "payment_method_types": ["card", "sepa_debit"],
    "saved_payment_method_options": None,
    "billing_address_collection": None,
    "phone_number_collection": {"enabled": False},
    "name_collection": None,
    "custom_fields": [],
    "consent_collection": None,
    "allow_promotion_codes": None,
}
FIXED = {"customer_email": "fixed@example.org", "customer_details": {"email": "fixed@example.org"}}


def reading(form, language="en", **session):
    return read(form, Questions(PLAIN | session), NOW, languages.named(language))


def test_what_is_typed_well_is_read():
    typed, wrong = reading(GOOD)
    assert wrong == {}
    assert (typed.card_number, typed.expiry) == ("4242424242424242", (11, 2026))


@pytest.mark.parametrize("text", ["12/34", "12 34", "1234", "12 / 2034", "12-34"])
def test_an_expiry_is_read_however_it_is_written(text):
    assert reading(GOOD | {"expiry": text})[0].expiry == (12, 2034)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("email", "v@example", "Your email is invalid."),
        ("name", " ", "Please enter your full name."),
        ("name", "\x00\x01", "Please enter your full name."),
        ("name", "n" * 501, "Enter at most 500 characters."),
        ("card_number", "", "Your card number is incomplete."),
        ("card_number", "4242 4242", "Your card number is incomplete."),
        ("card_number", "4242424242424241", "Your card number is invalid."),
        ("card_number", "٤" * 16, "Your card number is invalid."),
        ("card_number", "4111111111111111", "test mode, but used a non test card"),
        ("expiry", "13/30", "expiration date is incomplete"),
        ("expiry", "12/25", "expiration year is in the past"),
        ("expiry", "10/26", "expiration date is in the past"),
        ("cvc", "12", "security code is incomplete"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(field, value, says):
    _, wrong = reading(GOOD | {field: value})
    assert list(wrong) == [field]
    assert says in wrong[field]


@pytest.mark.parametrize(
    ("iban", "says"),
    [
        ("", "Your IBAN is incomplete."),
        ("DE89 3704", "Your IBAN is incomplete."),
        ("DE89370400440532013009", "Your IBAN is invalid."),
        ("DE02120300000000202051", "used a non test account"),
    ],
)
def test_a_wrong_iban_is_told_at_its_field(iban, says):
    form = {"email": "v@example.org", "name": "V", "method": "sepa_debit", "iban": iban}
    _, wrong = reading(form)
    assert list(wrong) == ["iban"]
    assert says in wrong["iban"]


def test_a_bank_debit_needs_no_card_and_its_iban_may_have_spaces():
    form = {
        "email": "v@example.org",
        "name": "V",
        "method": "sepa_debit",
        "iban": "de89 3704 0044 0532 0130 00",
    }
    typed, wrong = reading(form)
    assert (typed.method, typed.iban, wrong) == ("sepa_debit", "DE89370400440532013000", {})


def test_a_method_that_is_not_offered_is_refused_and_where_none_is_sent_the_first_is_meant():
    _, wrong = reading(GOOD | {"method": "sepa_debit"}, payment_method_types=["card"])
    assert wrong == {"method": "Please choose a payment method."}
    unsaid = {name: value for name, value in GOOD.items() if name != "method"}
    assert reading(unsaid)[0].method == "card"


def test_an_email_fixed_by_the_caller_stands():
    assert reading(GOOD | {"email": "x"}, **FIXED)[0].email == "fixed@example.org"


def test_what_is_wrong_is_told_in_the_language_of_the_page():
    _, wrong = reading({}, "ru")
    assert wrong["email"] == "Неверный адрес эл. почты."
    assert list(wrong) == ["email", "card_number", "expiry", "cvc", "name"]
