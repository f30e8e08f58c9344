from __future__ import annotations

import pytest

from donations.sandbox.pages.typed import read

NOW = 1_795_000_000  # 18 November 2026
GOOD = {
    "email": "v@example.org",
    "name": "Vera",
    "method": "card",
    "card_number": "4242 4242 4242 4242",
    "expiry": "11 / 26",
    "cvc": "123",
}
BOTH = ["card", "sepa_debit"]


def test_what_is_typed_well_is_read():
    typed, wrong = read(GOOD, NOW, None, BOTH)
    assert wrong == {}
    assert (typed.card_number, typed.expiry) == ("4242424242424242", (11, 2026))


@pytest.mark.parametrize("text", ["12/34", "12 34", "1234", "12 / 2034", "12-34"])
def test_an_expiry_is_read_however_it_is_written(text):
    assert read(GOOD | {"expiry": text}, NOW, None, BOTH)[0].expiry == (12, 2034)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("email", "v@example", "Your email is invalid."),
        ("name", " ", "Please enter your full name."),
        ("card_number", "", "Your card number is incomplete."),
        ("card_number", "4242 4242", "Your card number is incomplete."),
        ("card_number", "4242424242424241", "Your card number is invalid."),
        ("card_number", "4111111111111111", "test mode, but used a non test card"),
        ("expiry", "13/30", "expiration date is incomplete"),
        ("expiry", "12/25", "expiration year is in the past"),
        ("expiry", "10/26", "expiration date is in the past"),
        ("cvc", "12", "security code is incomplete"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(field, value, says):
    _, wrong = read(GOOD | {field: value}, NOW, None, BOTH)
    assert list(wrong) == [field]
    assert says in wrong[field]


def test_a_bank_debit_needs_no_card():
    typed, wrong = read(
        {"email": "v@example.org", "name": "V", "method": "sepa_debit"}, NOW, None, BOTH
    )
    assert (typed.method, wrong) == ("sepa_debit", {})


def test_a_method_that_is_not_offered_cannot_be_chosen():
    assert read(GOOD | {"method": "sepa_debit"}, NOW, None, ["card"])[0].method == "card"


def test_an_email_fixed_by_the_caller_stands():
    assert (
        read(GOOD | {"email": "x"}, NOW, "fixed@example.org", BOTH)[0].email == "fixed@example.org"
    )
