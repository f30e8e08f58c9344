from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.kernel.months import Month, months_between
from donations.ledger.books import balances, book, last_number, posting_day, reverse
from donations.ledger.chart import Kind
from donations.ledger.cohorts import deferred_share
from donations.ledger.deferrals import gift_deferral, given_back, owed, recognise
from donations.ledger.drafts import About, Draft, Shares
from donations.ledger.models import Books, Entry, Posting

ZONE = ZoneInfo("Europe/Amsterdam")
JANUARY = Month(2026, 1)
PAID = datetime(2026, 1, 9, 12, tzinfo=UTC)


class Members:
    """Books payments and returns of memberships as they are booked from Stripe's movements."""

    def __init__(self, session):
        self.session = session
        self.known = {}
        self.numbers = iter(range(10**6))

    def pay(self, name, amount, value, at=PAID, frequency="annual", currency="usd", fund=""):
        begins = Month.of_day(posting_day(self.session, at))
        deferred = deferred_share(amount, value, amount)
        self.known[name] = (amount, frequency, currency, fund)
        self._book(Kind.GIFT, name, amount, at, Shares(deferred=deferred), begins)

    def back(self, name, charged, at, kind=Kind.REFUND):
        amount, _, currency, _ = self.known[name]
        found = given_back(
            self.session,
            name,
            charged_minor=charged,
            gift_minor=amount,
            currency=currency,
            posted=Month.of_day(posting_day(self.session, at)),
        )
        shares, begins = (
            (Shares(), None) if found is None else (Shares(deferred=found[0]), found[1])
        )
        self._book(kind, name, charged, at, shares, begins)

    def close(self, month):
        recognise(self.session, month, ZONE, now=month.end(ZONE))
        self.session.execute(update(Books).values(closed_through=month.last_day))

    def _book(self, kind, name, charged, at, shares, begins):
        _, frequency, currency, fund = self.known[name]
        about = About(
            frequency=frequency,
            gift_reference=name,
            fund=fund,
            cohort=None if begins is None else str(begins),
        )
        draft = Draft.of_movement(
            kind,
            source=f"txn_{next(self.numbers)}",
            amount=charged,
            fee=0,
            currency=currency,
            charged=Money(charged, currency),
            occurred_at=at,
            about=about,
            shares=shares,
        )
        book(self.session, draft, now=at)


@pytest.fixture
def members(session):
    begin_write(session)
    return Members(session)


def days(months, day=15):
    month = JANUARY.later(months)
    return datetime(month.year, month.month, day, 12, tzinfo=UTC)


def deferred(session):
    return balances(session).get(("deferred", "usd"), 0)


def test_what_is_put_off_is_owed_in_its_cohort(session, members):
    members.pay("g1", 5000, 1200)
    members.pay("g2", 5000, 600)
    members.pay("g3", 5000, 300, frequency="monthly")
    members.pay("g4", 5000, 300, fund="courts")
    annual, courts, monthly = owed(session)
    assert (annual.booked, courts.booked, monthly.booked) == (1800, 300, 300)
    assert courts.cohort.fund == "courts"
    assert gift_deferral(session, "g2") == (600, annual.cohort)
    assert gift_deferral(session, "g5") is None


def test_recognising_a_month_twice_recognises_it_once(session, members):
    members.pay("g1", 5000, 1200)
    assert recognise(session, JANUARY, ZONE, now=PAID) == 1
    assert recognise(session, JANUARY, ZONE, now=PAID) == 0
    assert deferred(session) == -1100
    entry = session.scalars(select(Entry).where(Entry.kind == Kind.RECOGNITION)).one()
    assert entry.posted_on == JANUARY.last_day


def test_a_month_recognised_again_and_again_follows_what_came_in_between(session, members):
    for number in range(1, 5):
        members.pay(f"g{number}", 5000, 1200)
        assert recognise(session, JANUARY, ZONE, now=PAID) == 1
        assert deferred(session) == -1100 * number


def test_a_month_left_out_is_made_up_for_in_the_next(session, members):
    members.pay("g1", 5000, 1200)
    recognise(session, JANUARY.later(2), ZONE, now=days(2))
    assert deferred(session) == -900


def test_what_stood_at_an_entry_stands_though_more_was_booked_since(session, members):
    members.pay("g1", 5000, 1200)
    then = last_number(session)
    members.back("g1", -2500, days(0))
    recognise(session, JANUARY, ZONE, now=days(0))
    assert [one.remaining for one in owed(session, as_of=then)] == [1200]
    assert [one.remaining for one in owed(session)] == [550]


def test_a_late_refund_takes_back_only_what_is_still_owed(session, members):
    members.pay("g1", 5000, 1200)
    members.close(JANUARY)
    members.close(JANUARY.later(1))
    members.back("g1", -5000, days(0, 20))  # happened in January, heard of in March
    assert deferred(session) == 0
    assert balances(session)["refunds", "usd"] == 4000


def test_a_refund_that_fails_puts_back_what_is_still_owed_by_then(session, members):
    members.pay("g1", 5000, 1200)
    members.back("g1", -5000, days(0))
    members.close(JANUARY)
    members.back("g1", 5000, days(1), Kind.REFUND_FAILED)
    assert deferred(session) == -1100


def test_a_payment_refunded_and_then_disputed_takes_its_benefits_back_once(session, members):
    members.pay("g1", 5000, 1200)
    members.pay("g2", 5000, 1200)
    members.back("g1", -5000, days(0))
    members.back("g1", -5000, days(0), Kind.DISPUTE)
    assert deferred(session) == -1200
    members.back("g1", 5000, days(0), Kind.DISPUTE_REVERSED)
    assert deferred(session) == -1200
    members.back("g1", 5000, days(0), Kind.REFUND_FAILED)
    assert deferred(session) == -2400


def test_small_parts_given_back_take_all_there_is_between_them(session, members):
    members.pay("g1", 1000, 999)
    for _ in range(1000):
        members.back("g1", -1, days(0))
    assert deferred(session) == 0


def test_a_return_in_another_currency_leaves_the_cohort_alone(session, members):
    members.pay("g1", 5000, 1200)
    asked = {"charged_minor": -5000, "gift_minor": 5000, "posted": JANUARY}
    assert given_back(session, "g1", currency="eur", **asked) is None
    assert given_back(session, "g1", currency="usd", **asked) == (-1200, JANUARY)


def test_many_small_remainders_never_take_more_than_there_is(session, members):
    """Spread as one, twelve payments lose a whole unit where each alone would lose none."""
    for number in range(12):
        members.pay(f"g{number}", 100, 2)
        members.back(f"g{number}", -3, days(0))  # 1.94 stays
    members.close(JANUARY)
    for number in range(12):
        members.back(f"g{number}", -97, days(1))
        assert deferred(session) <= 0
        assert owed(session)[0].remaining >= 0
    members.close(JANUARY.later(1))
    for ahead in range(2, 12):
        members.close(JANUARY.later(ahead))
    assert deferred(session) == 0


def test_a_payment_taken_out_of_the_books_takes_back_its_income_too(session, members):
    members.pay("g1", 5000, 1200)
    members.close(JANUARY)
    reverse(session, "txn_0", memo="not ours", occurred_at=days(1), now=days(1))
    assert owed(session)[0].remaining == -100  # January's income, until February is closed
    members.close(JANUARY.later(1))
    assert deferred(session) == 0
    assert balances(session)["income", "usd"] == 0


def life(chance):
    """Payments of a few months and what came back of them, in the order in which it happened."""
    events = []
    for number in range(chance.randint(1, 8)):
        name, amount = f"g{number}", chance.randint(1, 400)
        start = chance.randint(0, 2)
        value, frequency = chance.randint(1, 450), chance.choice(["annual", "monthly"])
        events.append((days(start, chance.randint(1, 28)), "pay", name, amount, value, frequency))
        gone, at = 0, events[-1][0]
        for _ in range(chance.randint(0, 7)):
            at = at + timedelta(days=chance.choice([0, 1, 9, 40, 100]), seconds=1)
            if gone and chance.random() < 0.4:
                charged = chance.randint(1, gone)
                kind = chance.choice([Kind.REFUND_FAILED, Kind.DISPUTE_REVERSED])
            else:
                charged = -chance.randint(1, amount)
                kind = chance.choice([Kind.REFUND, Kind.DISPUTE, Kind.CHARGE_FAILED])
            gone = max(0, gone - charged)
            events.append((at, "back", name, charged, kind))
    return sorted(events, key=lambda event: event[0])


def late(events, chance):
    """The same, heard of up to three weeks late, though never before the payment itself."""
    heard = {}
    for number, event in enumerate(events):
        payment = heard.get(event[2], datetime.min.replace(tzinfo=UTC))
        at = max(payment, event[0] + timedelta(days=chance.choice([0, 0, 3, 21])))
        if event[1] == "pay":
            heard[event[2]] = at
        yield at, number, event


def live(session, members, heard):
    """Live through it, each month closed ten days after its end; yields after every booking."""
    waiting = sorted(heard)
    for month in months_between(JANUARY, JANUARY.later(30)):
        closing = month.later(1).start(ZONE) + timedelta(days=10)
        while waiting and waiting[0][0] < closing:
            _, _, (at, what, name, *rest) = waiting.pop(0)
            if what == "pay":
                amount, value, frequency = rest
                members.pay(name, amount, value, at, frequency)
            else:
                members.back(name, rest[0], at, rest[1])
            yield
        members.close(month)
        yield
    assert not waiting


@pytest.mark.parametrize("seed", range(10))
def test_whatever_comes_back_whenever_nothing_is_owed_below_nothing_or_for_ever(
    session, members, seed
):
    chance = Random(seed)
    for _ in live(session, members, late(life(chance), chance)):
        assert all(one.remaining >= 0 for one in owed(session))
        assert -deferred(session) == sum(one.remaining for one in owed(session))
    assert deferred(session) == 0
    for one in owed(session):
        assert one.remaining == 0
        recognised, refunded = sum(one.recognised.values()), sum(one.refunded.values())
        assert recognised + refunded == one.booked
    assert sum(balances(session).values()) == 0


@pytest.mark.parametrize("seed", range(5))
def test_within_an_open_month_it_does_not_matter_when_a_thing_is_heard_of(session, members, seed):
    chance = Random(seed)
    events = [event for event in life(chance) if event[0] < JANUARY.end(ZONE)]
    payments = [event for event in events if event[1] == "pay"]
    returns = [event for event in events if event[1] == "back"]
    standing = []
    for order in (returns, returns[::-1]):
        with session.begin_nested() as nested:
            for number, event in enumerate([*payments, *order]):
                members.numbers = iter([f"{seed}_{number}"])
                at, what, name, *rest = event
                if what == "pay":
                    members.pay(name, rest[0], rest[1], at, rest[2])
                else:
                    members.back(name, rest[0], at, rest[1])
            members.close(JANUARY)
            standing.append(
                (owed(session), balances(session)["deferred", "usd"]) if payments else 0
            )
            nested.rollback()
    assert standing[0] == standing[1]


def test_postings_put_off_by_no_cohort_are_left_to_the_difference(session, members):
    members.pay("g1", 5000, 1200)
    session.flush()
    number = last_number(session)
    draft = Draft.of_movement(
        Kind.ADJUSTMENT,
        source="by_hand",
        amount=100,
        fee=0,
        currency="usd",
        charged=Money(100, "usd"),
        occurred_at=PAID,
        shares=Shares(deferred=100),
    )
    assert book(session, draft, now=PAID)
    assert last_number(session) == number + 1
    assert [one.remaining for one in owed(session)] == [1200]
    assert session.scalars(select(Posting.amount_minor).where(Posting.account == "deferred")).all()
