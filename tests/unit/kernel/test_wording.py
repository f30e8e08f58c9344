from datetime import date

import pytest

from donations.kernel.money import Money
from donations.kernel.wording import day_text, money_text, month_text


@pytest.mark.parametrize(
    ("money", "language", "text"),
    [
        (Money(1500, "usd"), "en", "$15"),
        (Money(1550, "usd"), "en", "$15.50"),
        (Money(1500, "jpy"), "en", "¥1,500"),
        (Money(1500, "usd"), "ru", "15\u00a0$"),
        (Money(150000, "eur"), "ru", "1\u00a0500\u00a0€"),
    ],
)
def test_amounts_are_written_as_readers_write_them(money, language, text):
    assert money_text(money, language) == text


def test_a_column_of_figures_shows_the_decimals_of_its_currency():
    assert money_text(Money(1500, "usd"), "en", exact=True) == "$15.00"
    assert money_text(Money(1500, "jpy"), "en", exact=True) == "¥1,500"
    assert money_text(Money(-175, "usd"), "en", exact=True) == "-$1.75"


def test_days_and_months_are_said_in_the_language():
    assert month_text(date(2027, 1, 1), "en") == "January"
    assert month_text(date(2027, 1, 1), "ru") == "январь"
    assert day_text(date(2026, 11, 24), "ru").startswith("24 ноября 2026")
