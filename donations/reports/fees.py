"""Fees: what taking money cost, by way of paying and country of the card, and beside it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _

from donations.kernel.money import Money
from donations.kernel.rounding import percent
from donations.ledger.chart import Account, Kind
from donations.reports.method_sums import MethodSum, method_sums
from donations.reports.sums import sums, within
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
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from donations.reports.table import Question

_ACCOUNTS: Final = (Account.FEES, Account.FEE_TAX, Account.DISPUTE_FEES, Account.SERVICE_FEES)


@dataclass(frozen=True, slots=True)
class _Other:
    """What an account of fees was debited beside gifts' own fees, in minor units."""

    currency: str
    account: Account
    kind: str
    movements: int
    minor: int


@dataclass(frozen=True, slots=True)
class _Booked:
    """The accounts of fees in the books: fees that are no gift's, all by account, all by month."""

    others: list[_Other]
    accounts: Counter[tuple[str, Account]]
    months: Counter[tuple[str, str]]


def build(session: Session, question: Question) -> Report:
    """Fees of gifts by method, all other fees by cause, and both tied to the accounts."""
    groups = list(method_sums(session, question))
    booked = _booked(session, question)
    return Report(
        (
            Section("by_method", _("Fees of gifts"), _BY_METHOD, list(_rows(groups))),
            Section(
                "other_fees",
                _("Other fees"),
                _OTHER,
                [_other_row(each, question) for each in booked.others],
                _("No other fees in these months."),
            ),
            tie_out(_checks(groups, booked, question)),
        ),
        tuple(_drawings(booked, question)),
    )


def _booked(session: Session, question: Question) -> _Booked:
    booked = _Booked([], Counter(), Counter())
    movements: Counter[tuple[str, int, str]] = Counter()
    minors: Counter[tuple[str, int, str]] = Counter()
    for one in sums(
        session,
        ("month", "currency", "account", "kind"),
        within(question),
        lambda row: row.account.in_(_ACCOUNTS),
        as_of=question.as_of,
    ):
        month, currency, account, kind = one.by
        booked.accounts[currency, Account(account)] += one.minor
        booked.months[currency, month] += one.minor
        if kind != Kind.GIFT:
            key = (currency, _ACCOUNTS.index(Account(account)), kind)
            movements[key] += one.postings
            minors[key] += one.minor
    for key in sorted(movements):
        currency, place, kind = key
        account = _ACCOUNTS[place]
        booked.others.append(_Other(currency, account, kind, movements[key], minors[key]))
    return booked


def _rows(groups: Sequence[MethodSum]) -> Iterator[Row]:
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for each in groups:
        figures = [each.gifts, each.volume, each.fee, each.tax]
        yield _row(each.method, each.card_country, each.currency, figures)
        totals[each.currency] = [a + b for a, b in zip(totals[each.currency], figures, strict=True)]
    for currency, figures in totals.items():
        yield _row("all", "", currency, figures, strong=True)


def _row(
    method: str, country: str, currency: str, figures: list[int], *, strong: bool = False
) -> Row:
    gifts, volume, fee, tax = figures
    cells = (
        method,
        country,
        currency.upper(),
        gifts,
        Money(volume, currency),
        Money(fee, currency),
        Money(tax, currency),
        percent(fee + tax, volume),
    )
    return Row(cells, strong=strong)


def _other_row(other: _Other, question: Question) -> Row:
    code = question.codes.of(other.account, other.currency)
    amount = Money(other.minor, other.currency)
    where = {
        "name": "journal",
        "from": str(question.first),
        "to": str(question.last),
        "currency": other.currency,
        "subject": other.account.value,
    }
    cells = (other.kind, code.code, code.name, other.currency.upper(), other.movements, amount)
    return Row(cells, {"fee": Link("report", where)})


def _checks(groups: Sequence[MethodSum], booked: _Booked, question: Question) -> Iterator[Check]:
    told: Counter[tuple[str, Account]] = Counter()
    for each in groups:
        told[each.currency, Account.FEES] += each.fee
        told[each.currency, Account.FEE_TAX] += each.tax
    for other in booked.others:
        told[other.currency, other.account] += other.minor
    for currency in sorted({currency for currency, _account in (*told, *booked.accounts)}):
        for account in _ACCOUNTS:
            code = question.codes.of(account, currency)
            here, there = told[currency, account], booked.accounts[currency, account]
            name = f"{code.code} {code.name}"
            yield Check(name, Money(here, currency), Money(there, currency))


def _drawings(booked: _Booked, question: Question) -> Iterator[Drawing]:
    if len(question.months) == 1:
        return
    for currency in sorted({currency for currency, _month in booked.months}):
        bars = (
            Bar(str(month), Money(booked.months[currency, str(month)], currency))
            for month in question.months
        )
        yield Drawing(_("All fees by month, %(code)s", code=currency.upper()), tuple(bars))


_BY_METHOD: Final = (
    Column("method", _("Paid by"), Shape.WORD, "METHODS"),
    Column("card_country", _("Card from")),
    Column("currency", _("Currency")),
    Column("gifts", _("Gifts"), Shape.COUNT),
    Column("volume", _("Volume"), Shape.MONEY),
    Column("fee", _("Fee"), Shape.MONEY),
    Column("tax", _("Tax on fee"), Shape.MONEY),
    Column("effective", _("Effective"), Shape.PERCENT),
)
_OTHER: Final = (
    Column("cause", _("Cause"), Shape.WORD, "ENTRIES"),
    Column("code", _("Code")),
    Column("account", _("Account")),
    Column("currency", _("Currency")),
    Column("movements", _("Movements"), Shape.COUNT),
    Column("fee", _("Fee"), Shape.MONEY),
)

FEES: Final = Definition(
    number=8,
    name="fees",
    title=_("Fees"),
    definition=_(
        "What payment processing cost, by accounting date, in the currency gifts settled in, as"
        " Stripe charged it. Effective is fee and tax of the volume, before refunds: Stripe keeps"
        " the fee of what is refunded. Gifts on paper and by bank transfer have no fee. A gift"
        " that was taken back by a correction stays in the volume. Below stand dispute fees and"
        " what Stripe charged beside payments."
    ),
    build=build,
    filters=("currency",),
    in_pack=True,
    frozen=False,
)
