"""How long the accountants' reports take over years of payments, and what booking one costs.

Two ledgers, one ten times the other, on each database.  A report answered from totals costs what
days and kinds there are, not what payments there are, so its ratio stays far below ten; of a report
of single lines the first page is read.  Times are the best of some asks, because what else the
machine does can only add to them.

    BOOKS=10000000 make bench
"""

from __future__ import annotations

import os
import statistics
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice

from past import FIRST, LAST, make_past
from sqlalchemy import create_engine, insert, make_url, text
from sqlalchemy.orm import Session

from donations.kernel.database import begin_write, prepare_engine
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.kernel.sizes import learn_sizes
from donations.ledger.books import _entry, _posting, book, books_zone, last_number
from donations.ledger.chart import Kind
from donations.ledger.codes import Codes
from donations.ledger.days import rebuild
from donations.ledger.deferrals import recognise
from donations.ledger.drafts import About, Draft
from donations.ledger.models import Posting
from donations.migrations import schema
from donations.payouts import totals
from donations.reports.catalogue import REPORTS
from donations.reports.table import Question

PAYMENTS = int(os.environ.get("BOOKS", "200000"))
ASKS = 3
RECOGNISED = 3  # months of owed benefits made income by the product itself
SHOWN = 501  # a page of a report shows 500 rows, and looks whether there are more
AIM_MS = 100
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SPANS = {
    "month": (Month(2026, 10), Month(2026, 10)),
    "year": (Month(2026, 1), Month(2026, 11)),
    "all": (Month.of_day(FIRST), Month.of_day(LAST)),
}


def ledger(url, payments):
    """The engine of a database filled with a past."""
    engine = prepare_engine(create_engine(url))
    schema.upgrade(engine, zone="Europe/Amsterdam")
    began = time.monotonic()
    make_past(engine, payments)
    made = time.monotonic() - began
    with Session(engine) as session:
        began = time.monotonic()
        begin_write(session)
        rebuild(session)
        totals.rebuild(session)
        session.commit()
        summed = time.monotonic() - began
        zone = books_zone(session)
        month = Month.of_day(LAST).later(-RECOGNISED)
        begin_write(session)
        while month < Month.of_day(LAST):
            recognise(session, month, zone, now=NOW)
            month = month.later(1)
        session.commit()
        learn_sizes(session)
    print(f"  {payments:,} payments made in {made:.0f} s, all totals rebuilt in {summed:.0f} s")
    return engine


def question(session, span):
    first, last = SPANS[span]
    return Question(
        first=first,
        last=last,
        as_of=last_number(session),
        zone=books_zone(session),
        codes=Codes.build({}),
        fiscal_year_start=1,
        now=NOW,
    )


def asked(engine, definition, span):
    """Milliseconds until every table of a report has its first page; the best of some asks."""
    times = []
    for _ in range(ASKS):
        with Session(engine) as session:
            wanted = question(session, span)
            began = time.perf_counter()
            for section in definition.build(session, wanted).sections:
                list(islice(section.rows, SHOWN))
            times.append((time.perf_counter() - began) * 1000)
            if times[-1] > 20_000:
                break
    return min(times)


def reports(small, large, factor):
    """A line for every report: its time over a month, a year and all years, and the ratios."""
    print(f"  {'':28}{'month':>17}{'fiscal year':>17}{'all years':>17}   milliseconds (ratio)")
    slow = []
    for definition in REPORTS:
        cells = []
        for span in SPANS:
            few, many = asked(small, definition, span), asked(large, definition, span)
            cells.append(f"{many:9.1f} ({many / few:4.1f})")
            if many > AIM_MS:
                slow.append(f"{definition.name} over {span}")
        print(f"  {definition.number:2} {definition.name:25}{''.join(cells)}")
    print(f"  {factor} times the payments; above {AIM_MS} ms: {', '.join(slow) or 'none'}")


def drafts(count, turn):
    return [
        Draft.of_movement(
            Kind.GIFT,
            source=f"bench_{turn}_{number}",
            amount=5000,
            fee=175,
            currency="usd",
            charged=Money(5000, "usd"),
            occurred_at=NOW,
            about=About("monthly", f"gift{number}", "", "article", "card", "NL"),
        )
        for number in range(count)
    ]


def booked_plainly(session, made, number):
    """Entry and postings and nothing else, as the least that could be done."""
    for at, draft in enumerate(made, number + 1):
        entry = session.scalar(_entry(session, draft, at, NOW.date(), NOW))
        session.execute(insert(Posting), [_posting(entry, line) for line in draft.lines])


def cost_of_booking(engine, each=300, rounds=7):
    """The ratio of booking with numbers, totals and triggers to two bare inserts, in memory.

    Both are rolled back: a commit on disk would cost more than either and hide the difference.
    """
    ratios, ours = [], []
    for turn in range(rounds + 1):
        made = drafts(each, turn)
        with Session(engine) as session:
            begin_write(session)
            began = time.perf_counter()
            for draft in made:
                book(session, draft, now=NOW)
            full = time.perf_counter() - began
            session.rollback()
            begin_write(session)
            number = last_number(session)
            unguard(session)
            began = time.perf_counter()
            booked_plainly(session, made, number)
            plain = time.perf_counter() - began
            session.rollback()
        if turn:
            ratios.append(full / plain)
            ours.append(full / each * 1e6)
    low, middle, high = statistics.quantiles(ratios, n=4)
    print(
        f"  booking a payment: {statistics.median(ours):,.0f} µs, {middle:.1f} times two bare"
        f" inserts (middle half of rounds {low:.1f} to {high:.1f})"
    )


def unguard(session):
    """Take the triggers away, until the transaction is rolled back."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    for name in names:
        session.execute(text(f"DROP TRIGGER {name}"))


@contextmanager
def databases_on(server_url, names):
    """Databases of our own on a PostgreSQL server, gone afterwards; their addresses."""
    administrator = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        try:
            for name in names:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                connection.execute(text(f"CREATE DATABASE {name}"))
            yield [
                make_url(server_url).set(database=name).render_as_string(hide_password=False)
                for name in names
            ]
        finally:
            for name in names:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    administrator.dispose()


def measure(title, urls):
    """Print everything about two ledgers, one ten times the other, on one kind of database."""
    print(f"\nBooks of five years on {title}")
    sizes = (PAYMENTS // 10, PAYMENTS)
    engines = [ledger(url, payments) for url, payments in zip(urls, sizes, strict=True)]
    reports(*engines, 10)
    cost_of_booking(engines[-1])
    for engine in engines:
        engine.dispose()
