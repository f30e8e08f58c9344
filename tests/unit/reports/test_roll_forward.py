from datetime import UTC, datetime, timedelta

import pytest
from tests_support.asking import differences, question, tables

from donations.kernel.money import Money
from donations.ledger.books import book, reverse
from donations.ledger.chart import Account, Kind
from donations.ledger.drafts import Draft, Line
from donations.reports.roll_forward import ROLL_FORWARD

AT = datetime(2026, 11, 10, 12, tzinfo=UTC)


@pytest.fixture
def move(session):
    numbers = iter(range(1000))

    def moved(kind, amount, at=AT, fee=0, currency="usd", available_on=None, **more):
        source = f"txn_{next(numbers)}"
        draft = Draft.of_movement(
            kind,
            source=source,
            amount=amount,
            fee=fee,
            currency=currency,
            charged=Money(amount, currency),
            occurred_at=at,
            available_on=available_on or at,
            **more,
        )
        assert book(session, draft, now=at)
        session.commit()
        return source

    return moved


def lines(session, *span, **more):
    told = tables(ROLL_FORWARD, session, question(session, *span, **more))
    assert not any(differences(told))
    rows = told["roll_forward"]
    return {(row["currency"], row["line"]): row["amount"].minor for row in rows}, told


def test_from_opening_to_closing_by_what_moved_it(session, move):
    move(Kind.GIFT, 9000, AT - timedelta(days=30), 300)
    move(Kind.GIFT, 5000, fee=175, fee_tax=25)
    move(Kind.REFUND, -2000)
    move(Kind.DISPUTE, -1000, fee=1500)
    move(Kind.DISPUTE_REVERSED, 1000)
    move(Kind.STRIPE_FEE, -200)
    move(Kind.PAYOUT, -8000)
    move(Kind.PAYOUT_FAILED, 8000)
    found, _ = lines(session)
    assert {line: minor for (_code, line), minor in found.items()} == {
        "opening": 8700,
        "gifts": 5000,
        "fees": -150,
        "fee_tax": -25,
        "refunds": -2000,
        "disputes": -1000,
        "disputes_won": 1000,
        "dispute_fees": -1500,
        "service_fees": -200,
        "payouts": -8000,
        "payouts_returned": 8000,
        "closing": 9825,
    }


def test_each_currency_rolls_alone_and_one_may_be_asked_for(session, move):
    move(Kind.GIFT, 5000, fee=175)
    move(Kind.GIFT, 900, currency="jpy")
    move(Kind.GIFT, 1250, currency="kwd")
    found, _ = lines(session)
    closing = {code: minor for (code, line), minor in found.items() if line == "closing"}
    assert closing == {"USD": 4825, "JPY": 900, "KWD": 1250}
    assert {code for code, _line in lines(session, currency="jpy")[0]} == {"JPY"}


def test_what_is_in_suspense_and_taken_out_again_leaves_no_line(session, move):
    source = move(Kind.OTHER, 700, fee=30)
    assert lines(session)[0]["USD", "suspense"] == 700
    reverse(session, source, memo="explained since", occurred_at=AT, now=AT)
    move(Kind.GIFT, 700, fee=30)
    found, _ = lines(session)
    assert found["USD", "suspense"] == 0
    assert found["USD", "corrections"] == 0
    assert (found["USD", "gifts"], found["USD", "fees"]) == (700, -30)


def test_a_gift_on_paper_never_was_at_stripe(session, move):
    money = Money(2500, "usd")
    paper = (Line(Account.UNDEPOSITED, "usd", 2500), Line(Account.INCOME, "usd", -2500))
    book(session, Draft("offline:1", Kind.GIFT, money, AT, paper), now=AT)
    assert lines(session)[0] == {}
    move(Kind.GIFT, 100)
    found, _ = lines(session)
    assert (found["USD", "gifts"], found["USD", "closing"]) == (100, 100)


def test_what_becomes_available_after_the_end_is_pending_but_a_payout_never_is(session, move):
    december = datetime(2026, 12, 2, tzinfo=UTC)
    move(Kind.GIFT, 5000)
    move(Kind.GIFT, 3000, available_on=december)
    move(Kind.PAYOUT, -4000, available_on=december)
    wrong = move(Kind.OTHER, 90, available_on=december)
    reverse(session, wrong, memo="explained since", occurred_at=AT, now=AT)
    move(Kind.GIFT, 1, at=december, available_on=december + timedelta(days=7))
    [held] = lines(session)[1]["availability"]
    assert (held["pending"].minor, held["available"].minor) == (3000, 1000)
    assert held["balance"].minor == 4000


def test_while_the_month_runs_pending_is_told_as_of_the_latest_entry(session, move):
    move(Kind.GIFT, 3000, available_on=AT + timedelta(days=5))
    assert lines(session)[1]["availability"][0]["pending"].minor == 3000
    move(Kind.GIFT, 10, at=AT + timedelta(days=6))
    assert lines(session)[1]["availability"][0]["pending"].minor == 0


def test_one_months_closing_is_the_next_ones_opening_by_the_newsrooms_clocks(session, move):
    for number, hour in enumerate((21, 22, 23)):  # midnight in Amsterdam is 22:00 UTC in October
        move(Kind.GIFT, 10**number, datetime(2026, 9, 30, hour, 30, tzinfo=UTC))
    september, _ = lines(session, "2026-09")
    october, _told = lines(session, "2026-10")
    assert september["USD", "closing"] == october["USD", "opening"] == 1
    assert october["USD", "gifts"] == 110
    report = ROLL_FORWARD.build(session, question(session, "2026-08", "2026-10"))
    assert [bar.amount.minor for bar in report.drawings[0].bars] == [0, 1, 111]
