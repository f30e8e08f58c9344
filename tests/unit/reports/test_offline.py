from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from donations.giving.models import Gift
from donations.giving.offline import Expected, open_batch
from donations.giving.offline_closing import close_batch, take_back
from donations.giving.offline_items import Given, add_item
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import book
from donations.ledger.chart import Account, Kind
from donations.ledger.drafts import About, Draft, Line
from donations.reports.gift import gift
from donations.reports.gifts import GiftFilter, Status, gifts
from donations.reports.income import income
from donations.reports.offline import batch, batches
from donations.reports.supporters import SupporterFilter, supporters
from donations.reports.timeline import What, timeline

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = date(2026, 11, 20)
NOVEMBER = Month(2026, 11)


@pytest.fixture
def counted(session, master, clock):
    """A batch with items of these amounts, closed if it is to be; its name."""

    def made(*amounts, closed=True, expected=None):
        what = Expected("cheque", len(amounts), Money(expected or sum(amounts), "usd"), "17", DAY)
        name = open_batch(session, what, by="vera", now=clock.now()).public_id
        for minor in amounts:
            given = Given(Money(minor, "usd"), "", "47", "en", "vera@reader.example", "Vera")
            add_item(session, master, name, given)
        if closed:
            close_batch(session, master, name, by="boss", now=clock.now())
        return name

    return made


@pytest.fixture
def back(session, clock):
    def taken(name):
        take_back(session, name, memo="Twice", by="boss", now=clock.now())

    return taken


def test_a_batch_shows_what_was_expected_found_and_the_difference(session, counted):
    name = counted(5000, 2000, closed=False, expected=7500)
    row, items = batch(session, name)
    assert (row.expected_count, row.count, row.more_items) == (2, 2, 0)
    assert row.difference == Money(-500, "usd")
    assert not row.agrees
    assert [item.amount.minor for item in items] == [5000, 2000]
    assert items[0].gift is items[0].receipt is items[0].supporter is None
    with pytest.raises(NotFound):
        batch(session, "nobody")


def test_open_batches_stand_first_and_pages_neither_skip_nor_repeat(session, counted):
    closed = [counted(100), counted(100)]
    opened = [counted(100, closed=False), counted(100, closed=False)]
    wanted = [*opened[::-1], *closed[::-1]]
    shown, after = [], None
    while True:
        page = batches(session, after=after, limit=1)
        shown += [row.public_id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert shown == wanted
    assert batches(session, after="nobody").rows == ()


def test_a_closed_batch_leads_to_gift_receipt_and_supporter(session, counted, back):
    name = counted(5000, 2000)
    _, [first, second] = batch(session, name)
    assert (first.receipt, second.receipt) == (1001, 1002)
    assert first.supporter == second.supporter is not None
    back(first.gift)
    _, [first, second] = batch(session, name)
    assert (first.taken_back, second.taken_back) == (True, False)


def test_an_offline_gift_is_listed_settled_without_a_fee_and_then_taken_back(
    session, counted, back
):
    counted(5000)
    [row] = gifts(session, AMSTERDAM, GiftFilter()).rows
    assert (row.method, row.status, row.fund) == ("cheque", Status.SETTLED, "")
    assert [part.minor for part in row.settled.parts] == [5000, 0, 0, 0, 0, 0]
    back(row.public_id)
    [row] = gifts(session, AMSTERDAM, GiftFilter()).rows
    assert (row.status, row.settled.net.minor) == (Status.TAKEN_BACK, 0)
    for status, count in ((Status.TAKEN_BACK, 1), (Status.SETTLED, 0), (Status.AWAITING, 0)):
        assert len(gifts(session, AMSTERDAM, GiftFilter(status=status)).rows) == count


def test_one_gift_shows_its_batch_and_why_it_was_taken_back(session, counted, back):
    name = counted(5000)
    public_id = session.query(Gift.public_id).scalar()
    back(public_id)
    found = gift(session, public_id)
    assert (found.batch, found.fund) == (name, None)
    assert [(entry.kind, entry.memo) for entry in found.entries] == [
        ("gift", None),
        ("reversal", "Twice (boss)"),
    ]


def test_what_was_taken_back_was_never_given_and_the_timeline_says_so(session, counted, back):
    counted(5000, 2000)
    first = session.query(Gift).order_by(Gift.id).first().public_id
    back(first)
    [row] = supporters(session, SupporterFilter()).rows
    assert [(given.gifts, given.total.minor) for given in row.given] == [(1, 2000)]
    told = [(each.what, each.gift) for each in timeline(session, row.public_id).happenings]
    assert (What.TAKEN_BACK, first) in told
    assert sum(what is What.TAKEN_BACK for what, _ in told) == 1


def test_counted_money_is_income_and_a_deposit_or_payout_is_not(session, counted, give, clock):
    give(datetime(2026, 11, 10, tzinfo=UTC), 3000, 100)
    counted(5000, 2000)
    for source, out, into, minor in (
        ("bank:1", Account.UNDEPOSITED, Account.BANK, 7000),
        ("po_1", Account.STRIPE_BALANCE, Account.IN_TRANSIT, 2900),
    ):
        book(
            session,
            Draft(
                source=source,
                kind=Kind.BANK_RECEIPT,
                charged=Money(minor, "usd"),
                occurred_at=clock.now(),
                lines=(Line(out, "usd", -minor), Line(into, "usd", minor)),
            ),
            now=clock.now(),
        )
    session.commit()
    report = income(session, NOVEMBER, NOVEMBER)
    assert [(line.frequency, line.gifts) for line in report.lines] == [("once", 3)]
    [total] = report.totals
    assert (total.figures.gross.minor, total.figures.net.minor) == (10000, 9900)
    assert total.ledger_total == Money(9900, "usd")
    assert not total.difference


def test_a_membership_put_off_whole_is_one_gift_and_gross_all_the_same(session, clock):
    for number, deferred in enumerate((0, 400, 1000)):
        lines = [Line(Account.STRIPE_BALANCE, "usd", 950), Line(Account.FEES, "usd", 40)]
        lines += [Line(Account.FEE_TAX, "usd", 10)]
        parts = ((Account.INCOME, deferred - 1000), (Account.DEFERRED, -deferred))
        lines += [Line(account, "usd", minor) for account, minor in parts if minor]
        book(
            session,
            Draft(
                source=f"txn_{number}",
                kind=Kind.GIFT,
                charged=Money(1000, "usd"),
                occurred_at=clock.now(),
                lines=tuple(lines),
                about=About(frequency="monthly", cohort="2026-11" if deferred else None),
            ),
            now=clock.now(),
        )
    session.commit()
    [line] = income(session, NOVEMBER, NOVEMBER).lines
    assert line.gifts == 3
    assert [part.minor for part in line.figures.parts] == [3000, -150, 0, 0, 0, 0]
