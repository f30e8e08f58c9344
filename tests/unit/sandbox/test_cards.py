from __future__ import annotations

import pytest

from donations.sandbox.cards import BY_NAME, BY_NUMBER, OTHERS, SUGGESTED, passes_luhn

ASKED_FOR = [
    "4242424242424242",
    "4000000000000002",
    "4000000000009995",
    "4000002760003184",
    "4000002500003155",
    "4000000000000341",
    "4000000000000259",
    "4000000000001976",
    "4000000000007726",
    "4000000000005126",
    "4000000000009987",
    "4000000000009979",
    "4000000000000069",
    "4000000000000127",
    "4000000000000119",
    "5555555555554444",
    "378282246310005",
    "4000000000000077",
]


@pytest.mark.parametrize("number", BY_NUMBER)
def test_every_test_number_is_one_a_form_would_take(number):
    assert passes_luhn(number)


def test_a_typing_error_is_found():
    assert not passes_luhn("4242424242424241")


@pytest.mark.parametrize("number", ASKED_FOR)
def test_stripes_test_cards_are_known(number):
    assert number in BY_NUMBER


def test_every_card_is_offered_once_and_has_its_own_name():
    assert len(SUGGESTED) + len(OTHERS) == len(BY_NUMBER) == len(BY_NAME)
