"""Stripe balance roll-forward: from what Stripe held to what it holds, by what moved it.

Every line is told by the account on the other side of the Stripe balance, so that the lines and the
balance are two ways to the same sum.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _

from donations.kernel.money import Money
from donations.ledger.chart import AGAINST, Account, Kind
from donations.reports.availability import availability, pending
from donations.reports.sums import before, sums, up_to, within
from donations.reports.table import (
    Bar,
    Column,
    Definition,
    Drawing,
    Link,
    Report,
    Row,
    Section,
    Shape,
)
from donations.reports.tie_out import Check, tie_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.reports.table import Question

_FEES: Final = {
    Account.FEES: "fees",
    Account.FEE_TAX: "fee_tax",
    Account.DISPUTE_FEES: "dispute_fees",
    Account.SERVICE_FEES: "service_fees",
}
_LINES: Final = {
    Kind.GIFT: "gifts",
    Kind.CHARGE_FAILED: "bounced",
    Kind.REFUND: "refunds",
    Kind.REFUND_FAILED: "refunds_failed",
    Kind.DISPUTE: "disputes",
    Kind.DISPUTE_REVERSED: "disputes_won",
    Kind.STRIPE_FEE: "service_fees",
    Kind.CONVERSION: "conversions",
    Kind.ADJUSTMENT: "adjustments",
    Kind.OTHER: "suspense",
    Kind.PAYOUT: "payouts",
    Kind.PAYOUT_FAILED: "payouts_returned",
}
_ORDER: Final = (
    *("gifts", "bounced", "fees", "fee_tax", "refunds", "refunds_failed", "disputes"),
    *("disputes_won", "dispute_fees", "service_fees", "conversions", "adjustments", "suspense"),
    *("corrections", "payouts", "payouts_returned"),
)
_REPORTS: Final = {
    "gifts": "income-by-account",
    "fees": "fees",
    "fee_tax": "fees",
    "dispute_fees": "fees",
    "service_fees": "fees",
    "refunds": "refunds-and-disputes",
    "refunds_failed": "refunds-and-disputes",
    "disputes": "refunds-and-disputes",
    "disputes_won": "refunds-and-disputes",
    "conversions": "exchange",
    "suspense": "exceptions",
    "payouts": "payout-summary",
    "payouts_returned": "payout-summary",
}


@dataclass(slots=True)
class _Roll:
    """One currency: minor units by line, how many movements, and the balance's own months."""

    opening: int = 0
    lines: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    movements: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    months: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def closing(self) -> int:
        return self.opening + sum(self.lines.values())


def build(session: Session, question: Question) -> Report:
    """The roll-forward of every currency, what of it is pending, and the tie to the account."""
    rolls = _rolls(session, question)
    closing = _balances(session, question, up_to(question))
    checks = [
        Check(
            question.codes.of(Account.STRIPE_BALANCE, currency).name,
            Money(roll.closing, currency),
            Money(closing.get(currency, 0), currency),
        )
        for currency, roll in rolls.items()
    ]
    rows = [row for currency, roll in rolls.items() for row in _rows(roll, currency, question)]
    held = {currency: Money(roll.closing, currency) for currency, roll in rolls.items()}
    return Report(
        (
            Section("roll_forward", _("Stripe balance"), _COLUMNS, rows),
            availability(held, pending(session, question)),
            tie_out(checks),
        ),
        tuple(_drawings(rolls, question)),
    )


def _balances(
    session: Session, question: Question, span: Callable[[Any], ColumnElement[bool]]
) -> dict[str, int]:
    found = sums(
        session,
        ("currency",),
        span,
        lambda row: row.account == Account.STRIPE_BALANCE,
        as_of=question.as_of,
    )
    wanted = question.currency
    return {one.by[0]: one.minor for one in found if wanted in (None, one.by[0])}


def _rolls(session: Session, question: Question) -> dict[str, _Roll]:
    rolls: dict[str, _Roll] = defaultdict(_Roll)
    for currency, minor in _balances(session, question, before(question)).items():
        rolls[currency].opening = minor
    by = ("month", "currency", "kind", "account")
    for one in sums(session, by, within(question), as_of=question.as_of):
        month, currency, kind, account = one.by
        roll = rolls[currency]
        if account == Account.STRIPE_BALANCE:
            roll.months[month] += one.minor
            roll.movements[_LINES.get(Kind(kind), "corrections")] += one.postings
        for line, minor in _effects(Kind(kind), Account(account), one.minor):
            roll.lines[line] += minor
    return {
        currency: rolls[currency]
        for currency in sorted(rolls)
        if rolls[currency].opening or rolls[currency].months
    }


def _effects(kind: Kind, account: Account, minor: int) -> Iterator[tuple[str, int]]:
    """What postings of an account did to the Stripe balance, by line.

    What is not a movement at Stripe, such as a reversal, counts by the balance itself; only what it
    takes back of suspense and fees is told apart.
    """
    if kind in AGAINST:
        if account is not Account.STRIPE_BALANCE:
            yield _FEES.get(account, _LINES[kind]), -minor
        return
    if account is Account.STRIPE_BALANCE:
        yield "corrections", minor
    elif account is Account.SUSPENSE or account in _FEES:
        yield _FEES.get(account, "suspense"), -minor
        yield "corrections", minor


def _rows(roll: _Roll, currency: str, question: Question) -> Iterator[Row]:
    code = currency.upper()
    months = {"from": str(question.first), "to": str(question.last), "currency": currency}
    yield Row((code, "opening", Money(roll.opening, currency), None), strong=True)
    for line in _ORDER:
        if roll.lines.get(line) or roll.movements.get(line):
            link = _REPORTS.get(line)
            cells = (code, line, Money(roll.lines[line], currency), roll.movements.get(line))
            yield Row(cells, {"amount": Link("report", {"name": link} | months)} if link else {})
    yield Row((code, "closing", Money(roll.closing, currency), None), strong=True)


def _drawings(rolls: dict[str, _Roll], question: Question) -> Iterator[Drawing]:
    if len(question.months) == 1:
        return
    for currency, roll in rolls.items():
        held, bars = roll.opening, []
        for month in question.months:
            held += roll.months.get(str(month), 0)
            bars.append(Bar(str(month), Money(held, currency)))
        title = _("Stripe balance at the end of each month, %(code)s", code=currency.upper())
        yield Drawing(title, tuple(bars))


_COLUMNS: Final = (
    Column("currency", _("Currency")),
    Column("line", _("What moved it"), Shape.WORD, "ROLL_FORWARD_LINES"),
    Column("amount", _("Amount"), Shape.MONEY),
    Column("movements", _("Movements"), Shape.COUNT),
)

ROLL_FORWARD: Final = Definition(
    number=3,
    name="stripe-balance",
    title=_("Stripe balance roll-forward"),
    definition=_(
        "What Stripe held for the newsroom when the first month began, everything that moved it by"
        " accounting date, and what it held when the last month ended. Gifts, refunds and disputes"
        " are gross; fees stand in lines of their own. A movement nobody could explain yet stands"
        " in suspense. Pending is what Stripe made available only after the last month."
    ),
    build=build,
    filters=("currency",),
    in_pack=True,
    frozen=False,
)
