"""Refunds and disputes: what went back, of which gift, and what it cost beside the money."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _

from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.kernel.rounding import rounded
from donations.ledger.books import closed_through
from donations.ledger.chart import Kind
from donations.reports.returns import (
    RETURN_ACCOUNTS,
    RETURNS,
    answer_by,
    originals,
    paired,
    returned,
)
from donations.reports.returns_under_way import returns_under_way
from donations.reports.settlements import PAGE, settlements
from donations.reports.sums import sums, within
from donations.reports.table import Column, Definition, Link, Report, Row, Section, Shape
from donations.reports.tie_out import Check, tie_out

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy.orm import Session

    from donations.reports.returns import Named, Original
    from donations.reports.settlements import Settlement
    from donations.reports.table import Question


def build(session: Session, question: Question) -> Report:
    """What went back in the span, what has not moved money yet, and the tie to the accounts."""
    return Report(
        (
            tie_out(_checks(session, question)),
            Section("returns", _("What went back"), _RETURNS, _rows(session, question)),
            returns_under_way(session, question),
        )
    )


def _rows(session: Session, question: Question) -> Iterator[Row]:
    closed = closed_through(session)
    found = settlements(session, question, returned(session, question))
    while batch := list(islice(found, PAGE)):
        names = sorted({one.gift for one in batch if one.gift})
        gifts, returns = originals(session, names), paired(session, names)
        for one in batch:
            gift = gifts.get(one.gift) if one.gift else None
            yield _row(one, gift, returns.get(one.number), question, closed)


def _row(
    one: Settlement,
    gift: Original | None,
    named: Named | None,
    question: Question,
    closed: date | None,
) -> Row:
    booked = gift.posted_on if gift else None
    cells = (
        named.name if named else one.gift,
        one.kind,
        one.posted_on,
        gift.received_at.astimezone(question.zone).date() if gift else None,
        str(Month.of_day(booked)) if booked else None,
        _period(booked, one.posted_on, closed),
        getattr(named.row, "reason", None) if named else None,
        one.charged,
        one.settled,
        one.fee + _fee_share(one, gift),
        named.row.state if named else None,
        answer_by(named, question),
    )
    return Row(cells, {"id": Link("gift", {"public_id": one.gift})} if one.gift else {})


def _fee_share(one: Settlement, gift: Original | None) -> Money:
    """What of the gift's own fee is lost with the money: Stripe keeps it.  Won back, it is not."""
    lost = -rounded(gift.fee_minor * one.charged.minor, gift.charged_minor) if gift else 0
    return Money(lost, one.settled.currency)


def _period(booked: date | None, returned: date, closed: date | None) -> str | None:
    if booked is None:
        return None
    if Month.of_day(booked) == Month.of_day(returned):
        return "same"
    return "closed" if closed is not None and booked <= closed else "earlier"


def _checks(session: Session, question: Question) -> Iterator[Check]:
    told: Counter[tuple[str, str]] = Counter()
    booked: Counter[tuple[str, str]] = Counter()
    for one in sums(
        session,
        ("currency", "account", "kind"),
        within(question),
        lambda row: row.account.in_(RETURN_ACCOUNTS),
        as_of=question.as_of,
    ):
        currency, account, kind = one.by
        booked[currency, account] += one.minor
        told[currency, account] += one.minor if kind in {*RETURNS, Kind.REVERSAL} else 0
    for currency in sorted({currency for currency, _account in (*told, *booked)}):
        for account in RETURN_ACCOUNTS:
            code = question.codes.of(account, currency)
            here, there = told[currency, account], booked[currency, account]
            name = f"{code.code} {code.name}"
            yield Check(name, Money(here, currency), Money(there, currency))


_RETURNS: Final = (
    Column("id", _("Number")),
    Column("what", _("What"), Shape.WORD, "ENTRIES"),
    Column("date", _("Date"), Shape.DAY),
    Column("gift_date", _("Given"), Shape.DAY),
    Column("gift_month", _("Booked in"), Shape.MONTH),
    Column("period", _("Period"), Shape.WORD, "RETURN_PERIODS"),
    Column("reason", _("Reason"), Shape.WORD, "STRIPE_WORDS"),
    Column("charged", _("Charged"), Shape.MONEY),
    Column("settled", _("Settled"), Shape.MONEY),
    Column("fee_lost", _("Fee lost"), Shape.MONEY),
    Column("status", _("Status"), Shape.WORD, "STRIPE_WORDS"),
    Column("due", _("Answer by"), Shape.DAY),
)
REFUNDS_AND_DISPUTES: Final = Definition(
    number=7,
    name="refunds-and-disputes",
    title=_("Refunds and disputes"),
    definition=_(
        "Money that went back, or came back to us when a refund failed or a dispute was won, by its"
        " own accounting date; what goes out is negative. Charged is the reader’s side, settled"
        " ours, before fees. Fee lost is the fee of the dispute, and of the gift’s own fee the part"
        " that belongs to what went back, which Stripe keeps. Period says whether the gift was"
        " booked in the same month, an earlier one, or one that is closed. A number is the gift’s,"
        " with R for its refunds and D for its disputes. Reasons and states are Stripe’s latest."
    ),
    build=build,
    filters=("currency",),
    in_pack=True,
)
