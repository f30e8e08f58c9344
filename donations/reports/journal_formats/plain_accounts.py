"""Our accounts as plain-text accounting names them, and how they open and close.

Beancount wants five roots and parts of letters, digits and hyphens that begin with a capital or a
digit; hledger takes the same names and knows their types by the roots.  Only leaves are posted to,
because a Beancount assertion on an account counts what is below it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from donations.kernel.money import Money
from donations.ledger.chart import ASSETS, Account
from donations.ledger.codes import income_kind
from donations.reports.sums import sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy.orm import Session

    from donations.reports.journal_formats.entries import JournalLine
    from donations.reports.table import Question

OPENING: Final = "Equity:Opening"
GENERAL: Final = "General"
_CARRIED: Final = ASSETS | {Account.DEFERRED, Account.SUSPENSE}
_BY_KIND: Final = frozenset({Account.INCOME, Account.REFUNDS, Account.DISPUTES})
_KINDS: Final = {"gift": "Gifts", "membership": "Memberships", None: "Other"}
_BRANCHES: Final = {
    Account.BANK: "Assets:Bank",
    Account.UNDEPOSITED: "Assets:Undeposited",
    Account.STRIPE_BALANCE: "Assets:Stripe",
    Account.IN_TRANSIT: "Assets:In-Transit",
    Account.DEFERRED: "Liabilities:Deferred-Memberships",
    Account.INCOME: "Income:Gross",
    Account.RELEASED: "Income:Released",
    Account.REFUNDS: "Income:Refunds",
    Account.DISPUTES: "Income:Disputes",
    Account.ADJUSTMENTS: "Income:Adjustments",
    Account.EXCHANGE: "Income:Exchange",
    Account.FEES: "Expenses:Fees:Processing",
    Account.FEE_TAX: "Expenses:Fees:Tax",
    Account.DISPUTE_FEES: "Expenses:Fees:Disputes",
    Account.SERVICE_FEES: "Expenses:Fees:Service",
    Account.SUSPENSE: "Equity:Suspense",
}


@dataclass(slots=True)
class Standing:
    """One account in one currency: what it opens and closes with, in minor units, and its code."""

    name: str
    currency: str
    code: str
    fund: str
    opening: int = 0
    closing: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts of one export.  `parts` are what funds are called within names."""

    parts: Mapping[str, str]
    standings: tuple[Standing, ...]

    def name_of(self, line: JournalLine) -> str:
        """The account a line is posted to."""
        return _name(self.parts, line.account, line.amount.currency, line.kind, line.fund)

    @property
    def currencies(self) -> list[str]:
        """Every currency of the export, in order."""
        return sorted({one.currency for one in self.standings})

    def accounts(self) -> Iterator[tuple[str, list[Standing]]]:
        """Each account with its standings by currency."""
        by_name: dict[str, list[Standing]] = defaultdict(list)
        for one in self.standings:
            by_name[one.name].append(one)
        yield from by_name.items()

    def openings(self) -> list[tuple[str, Money]]:
        """What is carried forward, against the equity it makes up; empty if nothing is."""
        lines = [(one.name, Money(one.opening, one.currency)) for one in self.standings]
        return [(name, money) for name, money in (*lines, *self._equity()) if money]

    def closings(self) -> list[tuple[str, Money]]:
        """What every account holds in the end, nothing included."""
        lines = [(one.name, Money(one.closing, one.currency)) for one in self.standings]
        return [*lines, *(found for found in self._equity() if found[1])]

    def _equity(self) -> Iterator[tuple[str, Money]]:
        """What makes up for what is carried forward."""
        rest: dict[str, int] = defaultdict(int)
        for one in self.standings:
            rest[one.currency] -= one.opening
        for currency, minor in sorted(rest.items()):
            yield OPENING, Money(minor, currency)


def chart(session: Session, question: Question) -> Chart:
    """The accounts a question's journal needs.

    What stands in a balance sheet is carried forward; income and costs begin at nothing.
    """
    wanted: list[Any] = []
    if question.currency is not None:
        wanted.append(lambda row: row.currency == question.currency)
    by = ("account", "currency", "frequency", "fund")
    # Summed before and within apart, so that an account moved only earlier is not dragged along.
    spans = (
        ("opening", lambda row: row.posted_on < question.first_day),
        ("closing", lambda row: row.posted_on.between(question.first_day, question.last_day)),
    )
    found = [
        (which, *one.by, one.minor)
        for which, span in spans
        for one in sums(session, by, span, *wanted, as_of=question.as_of)
        if which == "closing" or (one.minor and one.by[0] in _CARRIED)
    ]
    parts = _parts({row[4] for row in found})
    standings: dict[tuple[str, str], Standing] = {}
    for which, account, currency, frequency, fund, minor in found:
        kind = income_kind(frequency or None)
        name = _name(parts, account, currency, kind, fund)
        code = question.codes.of(account, currency, kind, fund).code
        one = standings.setdefault((name, currency), Standing(name, currency, code, fund))
        if which == "opening":
            one.opening += minor
        one.closing += minor
    return Chart(parts, tuple(standings[key] for key in sorted(standings)))


def _name(
    parts: Mapping[str, str], account: str, currency: str, kind: str | None, fund: str
) -> str:
    found = Account(account)
    middle = [_KINDS[kind]] if found in _BY_KIND else []
    last = [currency.upper()] if found in ASSETS and not fund else [parts[fund]]
    return ":".join([_BRANCHES[found], *middle, *last])


def _parts(funds: Iterable[str]) -> dict[str, str]:
    """What each fund is called within names: its code, in letters they may have, and no other's."""
    found, taken = {"": GENERAL}, {GENERAL}
    for fund in sorted(set(funds) - {""}):
        plain = re.sub(r"[^A-Za-z0-9]+", "-", fund).strip("-") or "Fund"
        part = plain = plain[0].upper() + plain[1:]
        number = 1
        while part in taken:
            number += 1
            part = f"{plain}-{number}"
        taken.add(part)
        found[fund] = part
    return found
