import pytest

from donations.giving.orders import Order, price
from donations.giving.price_list import PriceList
from donations.kernel.cadence import Frequency
from donations.kernel.errors import BadAmount
from donations.kernel.money import Money

PRICES = PriceList.build(("usd", "eur", "jpy"), {})


def ask(chosen, typed="", currency="usd", frequency=Frequency.MONTHLY):
    return price(PRICES, currency=currency, frequency=frequency, chosen=chosen, typed=typed)


def test_a_suggested_amount_is_priced_by_the_list():
    assert ask("1500") == Order(Money(1500, "usd"), Frequency.MONTHLY)


def test_another_amount_is_read_from_what_was_typed():
    assert ask("other", "7.50").amount == Money(750, "usd")
    assert ask("", "7.50").amount == Money(750, "usd")
    assert ask("other", "500", "jpy").amount == Money(500, "jpy")


@pytest.mark.parametrize(
    ("chosen", "typed", "reason"),
    [
        ("", "", "empty"),
        ("other", "", "empty"),
        ("other", "1.99", "too_small"),
        ("other", "1000.01", "too_large"),
        ("199", "", "too_small"),
        ("99999999999", "", "too_large"),
        ("-1500", "", "not_a_number"),
        ("1e5", "", "not_a_number"),
        ("١٥٠٠", "", "not_a_number"),
        ("9" * 1000, "", "not_a_number"),
    ],
)
def test_what_stands_outside_our_bounds_is_refused(chosen, typed, reason):
    with pytest.raises(BadAmount) as refusal:
        ask(chosen, typed)
    assert refusal.value.reason == reason
