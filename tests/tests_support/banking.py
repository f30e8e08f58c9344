"""Payouts, batches and bank lines for tests, without a file or Stripe."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy import select

from donations.giving.offline_models import OfflineBatch
from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.ledger.books import book
from donations.ledger.chart import Kind
from donations.ledger.drafts import About, Draft
from donations.payouts import totals
from donations.payouts.models import Payout, PayoutLine
from donations.reconciliation.bank_files.lines import StatementLine
from donations.reconciliation.bank_files.reading import Statement
from donations.reconciliation.models import BankLine
from donations.reconciliation.statements import import_statement

DAY = date(2026, 11, 19)


def payout(session, name="po_1", amount=4825, day=DAY, currency="usd", **changes):
    """A payout that was booked and is on its way."""
    begin_write(session)
    at = datetime.combine(day, time(1), UTC)
    known = {
        "stripe_id": name,
        "amount_minor": amount,
        "currency": currency,
        "state": "paid",
        "automatic": True,
        "created_at": at,
        "arrives_on": day,
        "movement": f"txn_{name}",
        "lines_at": at,
        "synced_at": at,
    }
    found = Payout(**{**known, **changes})
    session.add(found)
    book(
        session,
        Draft.of_movement(
            Kind.PAYOUT,
            source=f"txn_{name}",
            amount=-amount,
            fee=0,
            currency=currency,
            charged=Money(-amount, currency),
            occurred_at=at,
        ),
        now=at,
    )
    session.commit()
    return found


def payout_line(session, of, movement, kind, amount, fee=0, *, type_=None, booked=True, **more):
    """One movement of a payout, booked as `kind` unless it is not."""
    begin_write(session)
    at = more.pop("at", of.created_at)
    tax = more.pop("tax", 0)
    shares = {"shares": more.pop("shares")} if "shares" in more else {}
    gift = more.pop("gift", None)
    frequency = more.pop("frequency", "once" if gift else None)
    charged = more.pop("charged", Money(amount, of.currency))
    session.add(
        PayoutLine(
            payout_id=of.id,
            movement=movement,
            type=type_ or {"gift": "charge"}.get(kind.value, kind.value),
            amount_minor=amount,
            fee_minor=fee,
            fee_tax_minor=tax,
            occurred_at=at,
        )
    )
    if booked:
        draft = Draft.of_movement(
            kind,
            source=movement,
            amount=amount,
            fee=fee,
            fee_tax=tax,
            currency=of.currency,
            charged=charged,
            occurred_at=at,
            about=About(gift_reference=gift, frequency=frequency, fund=more.pop("fund", "")),
            **shares,
            **more,
        )
        book(session, draft, now=at)
    session.flush()
    totals.rebuild(session)
    session.commit()


def batch(session, name="batch1", amount=25000, day=DAY, currency="usd", *, closed=True):
    """A batch of cheques."""
    begin_write(session)
    at = datetime.combine(day, time(9), UTC)
    found = OfflineBatch(
        public_id=name,
        method="cheque",
        currency=currency,
        expected_count=1,
        expected_minor=amount,
        banked_on=day,
        opened_at=at,
        opened_by="finance",
        closed_at=at if closed else None,
        closed_by="finance" if closed else None,
    )
    session.add(found)
    session.commit()
    return found


def line(amount=4825, day=DAY, text="STRIPE", currency="usd", account="567890"):
    """A line of a file."""
    return StatementLine(account, day, Money(amount, currency), text)


def take_in(session, master, *lines, digest="d", now=None):
    """Import lines as a file of their own."""
    begin_write(session)
    taken = import_statement(
        session,
        master,
        Statement("CSV", digest, tuple(lines)),
        by="finance",
        now=now or datetime(2026, 11, 24, 12, tzinfo=UTC),
    )
    session.commit()
    return taken


def bank_lines(session):
    """Every line of the bank, by number."""
    return session.scalars(select(BankLine).order_by(BankLine.id)).all()
