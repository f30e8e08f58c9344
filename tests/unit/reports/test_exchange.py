from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests_support.asking import differences, question, tables

from donations.kernel.money import Money
from donations.ledger.books import book
from donations.ledger.chart import Kind
from donations.ledger.drafts import About, Draft, Shares
from donations.reports.exchange import EXCHANGE
from donations.reports.table import Link

AT = datetime(2026, 11, 10, 12, tzinfo=UTC)


@pytest.fixture
def convert(session):
    numbers = iter(range(1000))

    def converted(kind, charged, amount, rate, at=AT, fee=0, gift="gift1", **more):
        draft = Draft.of_movement(
            kind,
            source=f"txn_{next(numbers)}",
            amount=amount,
            fee=fee,
            currency="eur",
            charged=charged,
            occurred_at=at,
            exchange_rate=rate,
            about=About(gift_reference=gift),
            **more,
        )
        book(session, draft, now=at)

    return converted


def test_every_conversion_with_its_rate_and_what_it_gained_or_lost(session, convert):
    convert(Kind.GIFT, Money(5000, "usd"), 4600, "0.92", fee=180)
    convert(Kind.REFUND, Money(-5000, "usd"), -4700, "0.94", shares=Shares(exchange=-100))
    convert(Kind.GIFT, Money(5000, "eur"), 5000, None, gift="gift2")
    told = tables(EXCHANGE, session, question(session))
    assert not any(differences(told))
    assert [list(row.values())[1:] for row in told["entries"]] == [
        [
            *("gift", "gift1", "USD", Money(5000, "usd"), "EUR", Money(4600, "eur")),
            *(Decimal("0.92"), Money(0, "eur")),
        ],
        [
            *("refund", "gift1", "USD", Money(-5000, "usd"), "EUR", Money(-4700, "eur")),
            *(Decimal("0.94"), Money(-100, "eur")),
        ],
    ]
    section = EXCHANGE.build(session, question(session)).sections[2]
    assert next(iter(section.rows)).links == {"gift": Link("gift", {"public_id": "gift1"})}


def test_totals_are_by_the_pair_of_currencies_and_the_month(session, convert):
    convert(Kind.GIFT, Money(5000, "usd"), 4600, "0.92")
    convert(Kind.GIFT, Money(1000, "usd"), 910, "0.91")
    convert(Kind.GIFT, Money(1000, "jpy"), 600, "0.006", AT - timedelta(days=20))
    told = tables(EXCHANGE, session, question(session, "2026-10", "2026-11"))
    rows = [list(row.values()) for row in told["totals"]]
    assert rows == [
        ["2026-10", "JPY", "EUR", 1, Money(1000, "jpy"), Money(600, "eur"), Money(0, "eur")],
        ["2026-11", "USD", "EUR", 2, Money(6000, "usd"), Money(5510, "eur"), Money(0, "eur")],
    ]


def test_stripes_own_conversion_of_the_balance_is_in_the_list_and_ties(session, convert):
    convert(Kind.CONVERSION, Money(-10000, "usd"), 9200, None, gift=None)
    told = tables(EXCHANGE, session, question(session))
    assert [row["kind"] for row in told["entries"]] == ["conversion"]
    assert [(row["report"].minor, row["difference"].minor) for row in told["tie_out"]] == [
        (9200, 0)
    ]
