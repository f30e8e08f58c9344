from __future__ import annotations

import pytest

from donations.sandbox.objects.methods.ibans import (
    BY_NAME,
    DEFAULT_IBAN,
    TEST_IBANS,
    bank_of,
    compact,
    passes_check,
)


@pytest.mark.parametrize("number", TEST_IBANS)
def test_every_test_account_is_one_a_form_would_take(number):
    assert passes_check(number)


def test_a_typing_error_is_found():
    assert not passes_check("DE88370400440532013000")
    assert not passes_check("DE89 3704 0044 0532 0130 00")
    assert passes_check(compact("de89 3704 0044 0532 0130 00"))


@pytest.mark.parametrize(
    ("number", "fate", "name"),
    [
        ("DE89370400440532013000", "succeeds", "pm_sepaDebit_success_de"),
        ("AT861904300235473202", "fails", "pm_sepaDebit_failed_at"),
        ("FR5720041010050500013M02608", "disputed", "pm_sepaDebit_disputed_fr"),
        ("IE10AIBK93115202222227", "insufficient_funds", "pm_sepaDebit_insufficientFunds_ie"),
        ("NL28RABO0300065268", "fails_late", "pm_sepaDebit_failedDelayed_nl"),
        ("BE19510000055555", "bank_not_supported", ""),
    ],
)
def test_stripes_accounts_do_what_stripe_says(number, fate, name):
    account = TEST_IBANS[number]
    assert (account.fate, account.name, account.country) == (fate, name, number[:2])
    if name:
        assert BY_NAME[name] is account


def test_the_usual_account_succeeds():
    assert TEST_IBANS[DEFAULT_IBAN].fate == "succeeds"
    assert bank_of(DEFAULT_IBAN) == ("37040044", "")
