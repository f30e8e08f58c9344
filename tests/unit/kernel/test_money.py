import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.kernel.currencies import CURRENCIES
from donations.kernel.errors import BadAmount, UnknownCurrency
from donations.kernel.money import Money


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("15", "usd", 1500),
        ("15.5", "usd", 1550),
        ("15,50", "eur", 1550),
        (" 7.05 ", "gbp", 705),
        ("9.45", "usd", 945),
        ("1500", "jpy", 1500),
        ("1500.00", "jpy", 1500),
        ("5.120", "kwd", 5120),
        ("0", "usd", 0),
    ],
)
def test_what_a_person_types_is_read_exactly(typed, currency, minor):
    assert Money.parse(typed, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("typed", "currency", "reason"),
    [
        ("", "usd", "empty"),
        ("   ", "usd", "empty"),
        ("1.999", "usd", "too_precise"),
        ("1,500", "usd", "grouped"),
        ("1 500", "usd", "grouped"),
        ("1e3", "usd", "not_a_number"),
        ("١٠", "usd", "not_a_number"),
        ("-5", "usd", "not_a_number"),
        ("9" * 1000, "usd", "not_a_number"),
        ("1.5.5", "usd", "not_a_number"),
        ("$5", "usd", "not_a_number"),
        ("1.5", "jpy", "too_precise"),
        ("5.124", "kwd", "too_precise"),
        ("5.5", "isk", "too_precise"),
    ],
)
def test_what_cannot_be_an_amount_is_refused_with_its_reason(typed, currency, reason):
    with pytest.raises(BadAmount) as refusal:
        Money.parse(typed, currency)
    assert refusal.value.reason == reason


@given(st.sampled_from(sorted(CURRENCIES)), st.integers(0, 9_999_999))
def test_an_amount_written_out_reads_back_the_same(currency, steps):
    money = Money(steps * CURRENCIES[currency].step, currency)
    assert Money.parse(str(money.decimal), currency) == money


def test_two_currencies_have_no_sum_and_no_order():
    with pytest.raises(UnknownCurrency):
        Money(1, "usd") + Money(1, "eur")
    with pytest.raises(UnknownCurrency):
        _ = Money(1, "usd") < Money(1, "eur")


def test_a_float_is_not_money():
    with pytest.raises(TypeError):
        Money(1.5, "usd")
