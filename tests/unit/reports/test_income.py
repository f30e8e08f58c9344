from datetime import UTC, datetime

from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import balances, book
from donations.ledger.chart import Kind
from donations.ledger.drafts import About, Draft, Shares
from donations.reports.figures import settled_figures
from donations.reports.income import income


def test_totals_equal_the_ledger_to_the_cent_in_every_currency(session, give):
    at = datetime(2026, 11, 10, tzinfo=UTC)
    one = give(at, 5000, 175)
    give(at, 1500, 74, frequency="monthly")
    give(at, 3000, 108, currency="jpy")
    give(at, -2000, 0, kind=Kind.REFUND, gift=one)
    give(at, -1000, 1500, kind=Kind.DISPUTE, gift=one)
    report = income(session, Month(2026, 11), Month(2026, 11))
    for total in report.totals:
        assert total.difference.minor == 0
        assert total.figures.net.minor == balances(session)["stripe_balance", total.currency]
    usd = next(total for total in report.totals if total.currency == "usd")
    assert (usd.gifts, usd.figures.gross.minor, usd.figures.refunds.minor) == (2, 6500, -2000)


def test_a_gift_after_midnight_of_the_newsroom_belongs_to_the_new_month(session, give):
    give(datetime(2026, 10, 31, 22, 59, tzinfo=UTC), 100)  # 23:59 in Amsterdam, winter time
    give(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), 200)  # 00:30 on 1 November there
    report = income(session, Month(2026, 10), Month(2026, 11))
    found = {str(line.month): line.figures.gross.minor for line in report.lines}
    assert found == {"2026-10": 100, "2026-11": 200}


def test_the_day_the_clocks_change_loses_and_doubles_nothing(session, give):
    for hour in range(24):
        give(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), 100)
        give(datetime(2026, 3, 29, hour, 30, tzinfo=UTC), 100)
    report = income(session, Month(2026, 1), Month(2026, 12))
    assert sum(line.gifts for line in report.lines) == 48


def test_an_empty_period_is_an_empty_report(session):
    report = income(session, Month(2026, 11), Month(2026, 11))
    assert report.lines == report.totals == ()


def test_what_a_refund_takes_back_of_benefits_owed_is_a_refund_too(session, clock):
    def moved(kind, source, amount, deferred):
        draft = Draft.of_movement(
            kind,
            source=source,
            amount=amount,
            fee=0,
            currency="usd",
            charged=Money(amount, "usd"),
            occurred_at=clock.now(),
            about=About(frequency="annual", gift_reference="gift1", cohort="2026-11"),
            shares=Shares(deferred=deferred),
        )
        book(session, draft, now=clock.now())

    moved(Kind.GIFT, "txn_1", 12000, 6000)
    moved(Kind.REFUND, "txn_2", -4000, -2000)
    session.commit()
    [line] = income(session, Month(2026, 11), Month(2026, 11)).lines
    assert (line.figures.gross.minor, line.figures.refunds.minor) == (12000, -4000)
    assert settled_figures(session, ["gift1"])["gift1"].refunds.minor == -4000
