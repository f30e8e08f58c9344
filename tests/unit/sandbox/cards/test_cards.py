from __future__ import annotations

import pytest

from donations.sandbox.cards import (
    ABROAD,
    BY_NAME,
    BY_NUMBER,
    BY_TOKEN,
    OTHERS,
    SUGGESTED,
    declines,
    passes_luhn,
)

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
    "4000000000006975",
    "4100000000000019",
    "4000000000009235",
    "4000000000005423",
    "4000000000003220",
]
LISTED_COUNTRIES = [
    "AR",
    "BR",
    "CA",
    "CL",
    "CO",
    "CR",
    "EC",
    "MX",
    "PA",
    "PY",
    "PE",
    "UY",
    "AE",
    "AT",
    "BE",
    "BG",
    "BY",
    "HR",
    "CY",
    "CZ",
    "DK",
    "EE",
    "FI",
    "FR",
    "DE",
    "GI",
    "GR",
    "HU",
    "IE",
    "IT",
    "LV",
    "LI",
    "LT",
    "LU",
    "MT",
    "NL",
    "NO",
    "PL",
    "PT",
    "RO",
    "SA",
    "SI",
    "SK",
    "ES",
    "SE",
    "CH",
    "GB",
    "AU",
    "CN",
    "HK",
    "IN",
    "JP",
    "MY",
    "NZ",
    "SG",
    "TW",
    "TH",
]


@pytest.mark.parametrize("number", BY_NUMBER)
def test_every_test_number_is_one_a_form_would_take(number):
    assert passes_luhn(number)


def test_a_typing_error_is_found():
    assert not passes_luhn("4242424242424241")


@pytest.mark.parametrize("number", ASKED_FOR)
def test_stripes_test_cards_are_known(number):
    assert number in BY_NUMBER


@pytest.mark.parametrize("country", LISTED_COUNTRIES)
def test_there_is_a_card_of_every_country_stripe_lists(country):
    assert country in {card.country for card in ABROAD}


def test_every_card_is_offered_once():
    assert len(SUGGESTED) + len(OTHERS) + len(ABROAD) == len(BY_NUMBER)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("pm_card_authenticationRequired", "4000002760003184"),
        ("pm_card_authenticationRequiredOnSetup", "4000002500003155"),
        ("pm_card_pendingRefund", "4000000000007726"),
        ("pm_card_us", "4242424242424242"),
        ("pm_card_chargeDeclined", "4000000000000002"),
    ],
)
def test_names_are_those_that_stripe_gives(name, number):
    assert BY_NAME[name].number == number
    assert BY_TOKEN[name.replace("pm_card_", "tok_")].number == number


def test_every_brand_and_way_of_funding_is_there():
    assert {card.brand for card in BY_NUMBER.values()} == {
        "visa", "mastercard", "amex", "discover", "diners", "jcb", "unionpay",
    }  # fmt: skip
    assert {card.funding for card in BY_NUMBER.values()} == {"credit", "debit", "prepaid"}


def test_a_decline_points_to_its_explanation():
    told = declines.refusal(declines.FUNDS, charge="ch_1")
    assert (told.status, told.kept) == (402, True)
    assert told.error["doc_url"] == "https://stripe.com/docs/error-codes/card-declined"
    assert (told.error["charge"], told.error["advice_code"]) == ("ch_1", "try_again_later")
