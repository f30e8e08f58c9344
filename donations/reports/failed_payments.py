"""Failed and overdue: memberships whose payment did not come, and what is at risk with them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from donations.giving.models import Membership
from donations.giving.states import MembershipState
from donations.kernel.cadence import add_months
from donations.kernel.money import Money
from donations.reports.table import Column, Definition, Link, Report, Row, Section, Shape
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.reports.table import Question

_OVERDUE: Final = (MembershipState.PAST_DUE.value, MembershipState.INCOMPLETE.value)
_MONTHS: Final = {"monthly": 1, "annual": 12}
_NOTHING: Final = _("No payment is overdue.")


def build(session: Session, question: Question) -> Report:
    """Totals by currency, frequency and state, and every membership behind them, as of now."""
    return Report(
        (
            Section("at_risk", _("At risk"), _TOTALS, list(_totals(session, question)), _NOTHING),
            Section("memberships", _("Memberships"), _EACH, _rows(session, question), _NOTHING),
        )
    )


def _conditions(question: Question) -> Iterator[ColumnElement[bool]]:
    yield Membership.state.in_(_OVERDUE)
    if question.currency is not None:
        yield Membership.currency == question.currency


def _totals(session: Session, question: Question) -> Iterator[Row]:
    keys = (Membership.currency, Membership.frequency, Membership.state)
    statement = (
        select(*keys, func.count(), func.sum(Membership.amount_minor))
        .where(*_conditions(question))
        .group_by(*keys)
        .order_by(*keys)
    )
    counts: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for currency, frequency, state, count, minor in session.execute(statement):
        yield Row((currency.upper(), frequency, state, int(count), Money(int(minor), currency)))
        counts[currency] += int(count)
        amounts[currency] += int(minor)
    for currency in sorted(counts):
        amount = Money(amounts[currency], currency)
        yield Row((currency.upper(), "all", "all", counts[currency], amount), strong=True)


def _rows(session: Session, question: Question) -> Iterator[Row]:
    statement = (
        select(Membership, Supporter.public_id)
        .outerjoin(Supporter, Supporter.id == Membership.supporter_id)
        .where(*_conditions(question))
        .order_by(Membership.renews_at, Membership.id)
    )
    for membership, supporter in session.execute(statement).all():
        yield _row(membership, supporter, question)


def _row(membership: Membership, supporter: str | None, question: Question) -> Row:
    due = _due(membership, question)
    failed_at: Any = membership.last_failure_at
    cells = (
        membership.public_id,
        supporter,
        membership.frequency,
        membership.state,
        due,
        (question.now.astimezone(question.zone).date() - due).days,
        None if failed_at is None else failed_at.astimezone(question.zone).date(),
        membership.last_failure_code,
        membership.amount,
    )
    if supporter is None:
        return Row(cells)
    return Row(cells, {"supporter": Link("supporter", {"public_id": supporter})})


def _due(membership: Membership, question: Question) -> date:
    """When the missing payment was due.

    Stripe begins the next period when it asks for the payment, so an overdue one was due at the
    beginning of the period that `renews_at` ends; a first payment when the membership began.
    """
    if membership.state == MembershipState.INCOMPLETE or membership.renews_at is None:
        return membership.started_at.astimezone(question.zone).date()
    ends = membership.renews_at.astimezone(question.zone).date()
    return add_months(ends, -_MONTHS[membership.frequency])


_TOTALS: Final = (
    Column("currency", _("Currency")),
    Column("frequency", _("How often"), Shape.WORD, "FREQUENCIES"),
    Column("state", _("State"), Shape.WORD, "MEMBERSHIPS"),
    Column("memberships", _("Memberships"), Shape.COUNT),
    Column("at_risk", _("At risk (not revenue)"), Shape.MONEY),
)
_EACH: Final = (
    Column("membership", _("Membership")),
    Column("supporter", _("Supporter")),
    Column("frequency", _("How often"), Shape.WORD, "FREQUENCIES"),
    Column("state", _("State"), Shape.WORD, "MEMBERSHIPS"),
    Column("due", _("Due"), Shape.DAY),
    Column("days", _("Days late"), Shape.COUNT),
    Column("last_failure", _("Last try failed"), Shape.DAY),
    Column("code", _("Why"), Shape.WORD, "STRIPE_WORDS"),
    Column("at_risk", _("At risk (not revenue)"), Shape.MONEY),
)

FAILED_PAYMENTS: Final = Definition(
    number=12,
    name="failed-payments",
    title=_("Failed and overdue payments"),
    definition=_(
        "Memberships whose payment is overdue or whose first payment never came, as they stand now,"
        " whatever months are chosen. At risk is the one payment that is missing: it is no revenue,"
        " stands in no account, and nothing was put off or written off for it. Stripe goes on"
        " trying by the schedule of its own settings."
    ),
    build=build,
    filters=("currency",),
)
