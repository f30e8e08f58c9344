import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from donations.kernel.database import writing
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.money import Money
from donations.ledger.books import balances, book
from donations.ledger.chart import Account, Kind
from donations.ledger.days import days_that_differ
from donations.ledger.drafts import About, Draft, Line
from donations.ledger.models import Books
from donations.ledger.releases import (
    free_since,
    holdings,
    release,
    releases,
    take_release_back,
)

TODAY = date(2026, 11, 24)


@pytest.fixture
def give(session, clock):
    """Books money for a fund on a day of November 2026."""
    names = iter(f"txn_{number}" for number in range(100))

    def booked(minor, day, fund="investigations", currency="usd", account=Account.INCOME):
        draft = Draft(
            source=next(names),
            kind=Kind.GIFT if minor > 0 else Kind.REFUND,
            charged=Money(minor, currency),
            occurred_at=datetime(2026, 11, day, 12, tzinfo=UTC),
            lines=(
                Line(Account.STRIPE_BALANCE, currency, minor),
                Line(account, currency, -minor, fund),
            ),
            about=About(frequency="once", fund=fund),
        )
        with writing(session):
            book(session, draft, now=clock.now())

    return booked


@pytest.fixture
def free(session, clock):
    def freed(minor, day=24, nonce="a", fund="investigations", currency="usd", memo="Travel"):
        with writing(session):
            return release(
                session,
                fund,
                Money(minor, currency),
                memo,
                "vera",
                on=date(2026, 11, day),
                nonce=nonce,
                now=clock.now(),
            )

    return freed


def test_money_is_released_for_its_purpose_and_stays_where_it_stands(session, give, free):
    give(5000, 10)
    before = balances(session)
    assert free(2000)
    after = balances(session)
    assert after == {**before, ("released", "usd"): 0}
    [held] = holdings(session)["investigations"]
    assert (held.received.minor, held.released.minor, held.held.minor) == (5000, -2000, 3000)
    [one] = releases(session, "investigations")
    assert (one.amount, one.posted_on) == (Money(2000, "usd"), TODAY)
    assert (one.memo, one.taken_back) == ("Travel (vera)", False)
    assert days_that_differ(session) == []


def test_the_same_attempt_releases_once(session, give, free):
    give(5000, 10)
    assert free(2000, nonce="n")
    assert not free(2000, nonce="n")
    assert len(releases(session, "investigations")) == 1


def test_no_more_is_released_than_the_fund_holds(session, give, free):
    give(5000, 10)
    give(-1000, 12, account=Account.REFUNDS)
    give(-500, 12, account=Account.DISPUTES)
    give(900, 12, fund="prizes")
    give(900, 12, currency="eur")
    free(500)
    with pytest.raises(FieldRefused) as refused:
        free(3001, nonce="b")
    assert refused.value.field == "amount"
    assert refused.value.facts["held"] == Money(3000, "usd")
    assert free(3000, nonce="b")


def test_on_no_day_does_the_fund_hold_less_than_nothing(session, give, free):
    give(1000, 5)
    give(-800, 10, account=Account.REFUNDS)
    give(2000, 20)
    assert free_since(session, "investigations", "usd", date(2026, 11, 6)) == Money(200, "usd")
    assert free_since(session, "investigations", "usd", date(2026, 11, 20)) == Money(2200, "usd")
    assert free_since(session, "investigations", "usd", date(2026, 11, 1)) == Money(0, "usd")
    with pytest.raises(FieldRefused):
        free(201, day=6)
    assert free(200, day=6)
    assert free(2000, day=20, nonce="b")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"minor": 0}, "amount"),
        ({"minor": -5}, "amount"),
        ({"minor": 1, "day": 25}, "posted_on"),
        ({"minor": 1, "memo": " "}, "memo"),
        ({"minor": 1, "fund": "nothing"}, "amount"),
        ({"minor": 1, "currency": "jpy"}, "amount"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(session, give, free, wrong, field):
    give(5000, 10)
    with pytest.raises(FieldRefused) as refused:
        free(**wrong)
    assert refused.value.field == field
    assert releases(session, "investigations") == []


def test_a_closed_month_is_refused_with_the_first_open_day(session, give, free):
    give(5000, 10)
    with writing(session):
        session.execute(update(Books).values(closed_through=date(2026, 11, 12)))
    with pytest.raises(FieldRefused) as refused:
        free(100, day=12)
    assert refused.value.facts["first"] == date(2026, 12, 1)


def test_a_release_that_was_a_mistake_is_reversed_once_and_may_be_made_again(
    session, give, free, clock
):
    give(5000, 10)
    free(5000)
    [one] = releases(session, "investigations")

    def back(number, fund="investigations"):
        with writing(session):
            return take_release_back(session, fund, number, "Twice", "vera", now=clock.now())

    assert back(one.number)
    assert not back(one.number)
    [held] = holdings(session)["investigations"]
    assert held.held == Money(5000, "usd")
    assert [each.taken_back for each in releases(session, "investigations")] == [True]
    assert free(5000, nonce="again")
    for number, fund in ((99, "investigations"), (one.number, "prizes"), (1, "investigations")):
        with pytest.raises(NotFound):
            back(number, fund)


def test_two_at_once_cannot_release_the_same_money(session, sessions, give, clock):
    give(1000, 10)
    freed = []

    def take(nonce):
        with sessions() as own:
            try:
                with writing(own):
                    release(
                        own,
                        "investigations",
                        Money(1000, "usd"),
                        "Travel",
                        "vera",
                        on=TODAY,
                        nonce=nonce,
                        now=clock.now(),
                    )
                freed.append(nonce)
            except (FieldRefused, SQLAlchemyError):
                pass

    threads = [threading.Thread(target=take, args=(name,)) for name in "abcd"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    session.rollback()
    assert len(freed) == 1
    assert holdings(session)["investigations"][0].held == Money(0, "usd")
