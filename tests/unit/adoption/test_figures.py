from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from donations.adoption.figures import read_amount, read_moment
from donations.kernel.errors import FieldRefused

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("25", 2500),
        ("25.5", 2550),
        ("25,50", 2550),
        ("$25.00", 2500),
        ("€ 25,00", 2500),
        ("25 €", 2500),
        ("1,234.56", 123_456),
        ("1.234,56", 123_456),
        ("1 234,56", 123_456),
        ("1,234,567.00", 123_456_700),
        ("0.00", 0),
    ],
)
def test_an_amount_is_read_where_it_means_one_thing(typed, minor):
    assert read_amount(typed, "usd").minor == minor


@pytest.mark.parametrize(
    "typed",
    ["1,500", "1.500", "-5", "(5.00)", "5.005", "12,34.56", "1,23,456.00", "", "five", "5 5"],
)
def test_an_amount_that_may_mean_two_things_or_none_is_refused(typed):
    with pytest.raises(FieldRefused) as refused:
        read_amount(typed, "usd")
    assert refused.value.field == "amount"


def test_a_currency_without_decimals_has_none():
    assert read_amount("500", "jpy").minor == 500
    with pytest.raises(FieldRefused):
        read_amount("500.50", "jpy")


@pytest.mark.parametrize(("currency", "reason"), [("", "missing"), ("xyz", "unknown")])
def test_a_currency_is_one_of_the_table(currency, reason):
    with pytest.raises(FieldRefused, match=reason):
        read_amount("5", currency)


@pytest.mark.parametrize(
    ("day", "time", "order", "moment"),
    [
        ("2024-01-05", "", "", "2024-01-04T23:00"),
        ("2024-07-05 12:00:00", "", "", "2024-07-05T10:00"),
        ("2024-07-05T12:00:00Z", "", "", "2024-07-05T12:00"),
        ("2024-07-05 12:00:00 UTC", "", "", "2024-07-05T10:00"),
        ("2024-07-05 12:00:00.123456", "", "", "2024-07-05T10:00"),
        ("January 5, 2024", "12:30", "", "2024-01-05T11:30"),
        ("5 Jan 2024", "2:30 PM", "", "2024-01-05T13:30"),
        ("25/03/2024", "", "", "2024-03-24T23:00"),
        ("03/25/2024", "", "", "2024-03-24T23:00"),
        ("03/04/2024", "", "dmy", "2024-04-02T22:00"),
        ("03/04/2024", "", "mdy", "2024-03-03T23:00"),
        ("03.04.2024", "", "", "2024-04-02T22:00"),
        ("04/04/2024 08:15", "", "", "2024-04-04T06:15"),
    ],
)
def test_a_moment_is_read_in_the_newsrooms_time(day, time, order, moment):
    found = read_moment(day, time, order, ZONE, NOW).replace(microsecond=0)
    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("", "missing"),
        ("yesterday", "no_date"),
        ("03/04/2024", "two_meanings"),
        ("31/02/2024", "no_date"),
        ("2030-01-01", "out_of_range"),
        ("1970-01-01", "out_of_range"),
    ],
)
def test_a_day_that_may_mean_two_things_or_none_is_refused(day, reason):
    with pytest.raises(FieldRefused, match=reason):
        read_moment(day, "", "", ZONE, NOW)


def test_a_time_that_is_none_is_refused():
    with pytest.raises(FieldRefused, match="no_time"):
        read_moment("2024-01-05", "noon", "", ZONE, NOW)
