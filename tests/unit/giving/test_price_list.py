import pytest

from donations.giving.price_list import PriceList
from donations.kernel.cadence import Frequency
from donations.kernel.currencies import CURRENCIES
from donations.kernel.errors import MisconfiguredError


@pytest.mark.parametrize("currency", ["usd", "eur", "gbp"])
def test_monthly_support_starts_at_two(currency):
    assert PriceList.build((currency,), {}).ask(currency, Frequency.MONTHLY).minimum == 200


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_every_currency_has_asks_stripe_would_take(currency):
    for frequency in Frequency:
        ask = PriceList.build((currency,), {}).ask(currency, frequency)
        assert CURRENCIES[currency].minimum <= ask.minimum
        assert ask.default in ask.choices


def test_a_newsroom_may_change_any_part():
    changes = {"usd": {"monthly": {"choices": [300, 700], "default": 700}}}
    ask = PriceList.build(("usd",), changes).ask("usd", Frequency.MONTHLY)
    assert (ask.choices, ask.default, ask.minimum) == ((300, 700), 700, 200)


@pytest.mark.parametrize(
    "change",
    [
        {"default": 999},
        {"choices": [1.5], "default": 1.5},
        {"minimum": 1},
        {"maximum": 10**12},
        {"colour": "red"},
    ],
)
def test_a_list_that_cannot_be_is_refused(change):
    with pytest.raises(MisconfiguredError):
        PriceList.build(("usd",), {"usd": {"monthly": change}})
