from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests_support.receipts import PLAIN, UK, US, words

from donations.giving.holdings import gifts_of
from donations.kernel.money import Money
from donations.receipts.annual import statement_of, years_of
from donations.receipts.fiscal_year import FiscalYear
from donations.receipts.naming import choose_name
from donations.receipts.statement_words import statement_pdf

NEW_YEAR = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC)
SECOND = timedelta(seconds=1)
YEAR = FiscalYear.parse("2026", "1")


@pytest.fixture
def state(session, master, zone, clock):
    def one(supporter, year=YEAR, issuer=US, now=None):
        return statement_of(
            session, master, issuer, supporter, year, zone=zone, now=now or clock.now()
        )

    return one


def test_a_year_begins_and_ends_at_the_newsroom_s_midnight(giving, vera, state):
    following = NEW_YEAR.replace(year=2026, month=12)
    moments = (NEW_YEAR - SECOND, NEW_YEAR, following, following + SECOND)
    assert following.isoformat() == "2026-12-31T23:00:00+00:00"
    made = [
        giving.gift(vera, at=at).number for at in (*moments[:2], moments[2] - SECOND, moments[2])
    ]
    assert [line.number for line in state(vera).lines] == made[1:3]


@pytest.mark.parametrize(
    ("year", "begins", "first", "last", "name"),
    [
        ("2026", "1", date(2026, 1, 1), date(2026, 12, 31), "2026"),
        ("2026", "7", date(2026, 7, 1), date(2027, 6, 30), "2026–27"),
        ("2027", "3", date(2027, 3, 1), date(2028, 2, 29), "2027–28"),
        ("2026", "4-6", date(2026, 4, 6), date(2027, 4, 5), "2026–27"),
        ("2099", "07", date(2099, 7, 1), date(2100, 6, 30), "2099–00"),
    ],
)
def test_a_fiscal_year_may_begin_on_any_day(year, begins, first, last, name):
    found = FiscalYear.parse(year, begins)
    assert (found.first_on, found.last_on, found.name) == (first, last, name)


@pytest.mark.parametrize("day", [date(2026, 4, 5), date(2026, 4, 6), date(2026, 12, 31)])
def test_a_day_is_in_the_year_that_holds_it(day):
    year = FiscalYear.of(day, "4-6")
    assert year.first_on <= day <= year.last_on


@pytest.mark.parametrize(
    ("year", "begins"),
    [
        ("", "1"),
        ("1999", "1"),
        ("2100", "1"),
        ("x", "1"),
        ("２０２６", "1"),
        *(("2026", one) for one in ("0", "13", "2-29", "4-0", "", "x", "4-6-1")),
    ],
)
def test_what_is_no_year_is_refused(year, begins):
    with pytest.raises(ValueError, match=r"year|month|day"):
        FiscalYear.parse(year, begins)


def test_what_went_back_is_taken_off_its_gift_even_if_later(giving, vera, state, clock):
    whole, part, kept = (giving.gift(vera, 5000, at=NEW_YEAR) for _ in range(3))
    giving.refund(whole, 5000, at=clock.now())
    giving.refund(part, 2000, at=clock.now())
    giving.refund(kept, 2000, "failed", at=clock.now())
    found = state(vera)
    assert [line.kept.minor for line in found.lines] == [0, 3000, 5000]
    assert found.totals == ((Money(8000, "usd"), Money(0, "usd")),)
    text = words(statement_pdf(found))
    assert f"{whole.number} (void)" in text
    assert f"{part.number} (void in part)" in text
    assert "USD 80.00 USD" in text


def test_each_currency_has_its_own_total(giving, vera, state):
    for minor, currency in ((5000, "usd"), (1500, "jpy"), (700, "usd"), (100, "gbp")):
        giving.gift(vera, minor, currency, at=NEW_YEAR)
    totals = [kept for kept, _benefit in state(vera).totals]
    assert totals == [Money(100, "gbp"), Money(1500, "jpy"), Money(5700, "usd")]


def test_benefits_are_told_and_never_make_up_for_one_another(giving, vera, state, clock):
    giving.benefit(4000, from_on=date(2026, 1, 1), at=clock.now())
    giving.gift(vera, 3000, frequency="annual", at=NEW_YEAR)
    giving.gift(vera, 10000, frequency="annual", at=NEW_YEAR)
    gone = giving.gift(vera, 10000, frequency="annual", at=NEW_YEAR)
    giving.refund(gone, 10000, at=clock.now())
    found = state(vera)
    assert found.totals == ((Money(13000, "usd"), Money(8000, "usd")),)
    text = words(statement_pdf(found))
    assert "USD 130.00 USD 80.00 USD 60.00 USD" in text
    assert "good-faith estimate" in text


def test_only_one_s_own_gifts_are_told(giving, vera, state, clock):
    other = giving.supporter("Olga", "olga@reader.example", at=clock.now())
    giving.gift(other, at=NEW_YEAR)
    giving.gift(None, at=NEW_YEAR)
    assert state(vera).lines == ()
    assert "No gift was received in this time." in words(statement_pdf(state(vera)))


def test_a_statement_of_the_same_day_is_the_same_file(giving, vera, state, clock):
    giving.gift(vera, at=NEW_YEAR)
    first = statement_pdf(state(vera))
    assert statement_pdf(state(vera, now=clock.now() + timedelta(hours=2))) == first
    assert b"pdfuaid:part" in first


def test_each_regime_closes_with_its_own_words(giving, vera, state):
    giving.gift(vera, at=NEW_YEAR)
    us, uk, plain = (words(statement_pdf(state(vera, issuer=one))) for one in (US, UK, PLAIN))
    assert "No goods or services were provided in return for any" in us
    assert "Self Assessment" in uk
    assert "nothing else" in plain
    assert "deduct" not in uk + plain


def test_a_statement_names_as_receipts_do(session, giving, vera, state):
    assert state(vera).donor == "Vera Reader"
    assert state(vera, issuer=PLAIN).donor is None
    choose_name(session, vera.id, named=False)
    assert state(vera).donor is None


def test_the_years_with_gifts_are_listed_the_last_first(session, giving, vera, zone):
    for at in (NEW_YEAR - SECOND, NEW_YEAR, NEW_YEAR + timedelta(days=200)):
        giving.gift(vera, at=at)
    gifts = gifts_of(session, vera.id)
    assert [one.name for one in years_of(gifts, zone, "1")] == ["2026", "2025"]
    assert [one.name for one in years_of(gifts, zone, "7")] == ["2026–27", "2025–26"]
