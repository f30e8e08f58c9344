"""A month's figures at a glance: what each account of money held, and what is still deferred."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from donations.kernel.money import Money
from donations.ledger.chart import ASSETS, Account
from donations.ledger.deferrals import owed
from donations.reports.sums import before, sums, within

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from donations.kernel.months import Month
    from donations.reports.table import Question


@dataclass(frozen=True, slots=True)
class Held:
    """An account of money in one currency, through a month."""

    account: str
    code: str
    opening: Money
    moved: Money

    @property
    def closing(self) -> Money:
        """What it held in the end."""
        return self.opening + self.moved


def held(session: Session, question: Question) -> list[Held]:
    """Where money stood, by account and currency, as of the question's entry."""
    assets = [account.value for account in ASSETS]
    parts: list[Counter[tuple[str, str]]] = []
    for when in (before(question), within(question)):
        found = sums(
            session,
            ("account", "currency"),
            lambda row: row.account.in_(assets),
            when,
            as_of=question.as_of,
        )
        parts.append(Counter({(one.by[0], one.by[1]): one.minor for one in found}))
    opening, moved = parts
    order = list(Account)
    return [
        Held(
            account,
            question.codes.of(account, currency).code,
            Money(opening[account, currency], currency),
            Money(moved[account, currency], currency),
        )
        for account, currency in sorted(
            opening.keys() | moved.keys(), key=lambda key: (order.index(Account(key[0])), key[1])
        )
    ]


def to_recognise(session: Session, month: Month) -> list[Money]:
    """What closing `month` makes income of what members paid before, by currency."""
    due: Counter[str] = Counter()
    for one in owed(session, through=month):
        due[one.cohort.currency] += one.earned(month) - sum(one.recognised.values())
    return [Money(minor, currency) for currency, minor in sorted(due.items()) if minor]
