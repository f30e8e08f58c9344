from datetime import UTC, datetime
from decimal import Decimal

import pytest
from tests_support.asking import differences, question, tables

from donations.kernel.money import Money
from donations.ledger.books import book
from donations.ledger.chart import Account, Kind
from donations.ledger.drafts import About, Draft, Line, Shares
from donations.reports.fees import FEES

AT = datetime(2026, 11, 10, 12, tzinfo=UTC)


@pytest.fixture
def charge(session):
    numbers = iter(range(1000))

    def charged(kind, amount, fee=0, currency="usd", method="card", country="NL", **more):
        draft = Draft.of_movement(
            kind,
            source=f"txn_{next(numbers)}",
            amount=amount,
            fee=fee,
            currency=currency,
            charged=Money(amount, currency),
            occurred_at=AT,
            about=About(method=method, card_country=country),
            **more,
        )
        book(session, draft, now=AT)
        session.commit()

    return charged


def test_fees_by_method_country_and_currency_with_what_they_are_of_the_volume(session, charge):
    charge(Kind.GIFT, 5000, 175, fee_tax=25)
    charge(Kind.GIFT, 1000, 59, shares=Shares(deferred=1000))
    charge(Kind.GIFT, 3000, 35, method="sepa_debit", country=None)
    charge(Kind.GIFT, 1000, 36, currency="jpy", country="JP")
    told = tables(FEES, session, question(session))
    assert not any(differences(told))
    rows = [tuple(row.values()) for row in told["by_method"]]
    assert [(row[0], row[1], row[2], row[3]) for row in rows] == [
        ("card", "JP", "JPY", 1),
        ("card", "NL", "USD", 2),
        ("sepa_debit", "", "USD", 1),
        ("all", "", "JPY", 1),
        ("all", "", "USD", 3),
    ]
    assert [cell.minor for cell in rows[1][4:7]] == [6000, 209, 25]
    assert [row[7] for row in rows] == [
        Decimal(text) for text in ("3.60", "3.90", "1.17", "3.60", "2.99")
    ]


def test_other_fees_stand_by_their_cause_and_the_account_they_are_in(session, charge):
    charge(Kind.GIFT, 5000, 175)
    charge(Kind.DISPUTE, -5000, 1500)
    charge(Kind.STRIPE_FEE, -200)
    told = tables(FEES, session, question(session))
    assert [(row["cause"], row["code"], row["fee"].minor) for row in told["other_fees"]] == [
        ("dispute", "6120", 1500),
        ("stripe_fee", "6130", 200),
    ]
    assert [(row["check"], row["books"].minor) for row in told["tie_out"]] == [
        ("6100 Payment processing fees", 175),
        ("6110 Tax on payment fees", 0),
        ("6120 Dispute fees", 1500),
        ("6130 Stripe service fees", 200),
    ]


def test_a_gift_on_paper_has_a_volume_and_no_fee(session):
    lines = (Line(Account.UNDEPOSITED, "eur", 2500), Line(Account.INCOME, "eur", -2500))
    about = About(method="cheque")
    draft = Draft("offline:1", Kind.GIFT, Money(2500, "eur"), AT, lines, about=about)
    book(session, draft, now=AT)
    row = tables(FEES, session, question(session))["by_method"][0]
    assert (row["method"], row["volume"].minor, row["effective"]) == ("cheque", 2500, Decimal(0))


def test_what_was_booked_later_does_not_count(session, charge):
    charge(Kind.GIFT, 5000, 175, fee_tax=5)
    asked = question(session)
    before = tables(FEES, session, asked)
    charge(Kind.GIFT, 700, 40, fee_tax=4, shares=Shares(deferred=200))
    charge(Kind.GIFT, 700, 40, country="US")
    assert tables(FEES, session, asked) == before
    assert tables(FEES, session, question(session)) != before


def test_over_several_months_all_fees_are_drawn_by_month(session, charge):
    charge(Kind.GIFT, 5000, 175, fee_tax=25)
    charge(Kind.STRIPE_FEE, -200)
    assert FEES.build(session, question(session)).drawings == ()
    [drawn] = FEES.build(session, question(session, "2026-10", "2026-11")).drawings
    assert [(bar.label, bar.amount.minor) for bar in drawn.bars] == [
        ("2026-10", 0),
        ("2026-11", 375),
    ]
