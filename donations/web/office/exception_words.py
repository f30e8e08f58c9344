"""What an exception is, as a sentence: its codes put into words, amounts as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask_babel import gettext as _

from donations.kernel.money import Money
from donations.reconciliation.discrepancies import Kind
from donations.web.office.code_words import (
    DIFFERING,
    ENTRIES,
    FREQUENCIES,
    INVARIANTS,
    MEMBERSHIPS,
    STRIPE_WORDS,
    said,
)
from donations.web.office.wording import amount

if TYPE_CHECKING:
    from collections.abc import Callable

    from donations.reports.exceptions import ExceptionRow


def sentence(row: ExceptionRow) -> str:
    """What `row` says, for staff."""
    return _SENTENCES[Kind(row.kind)](row)


def _invariant(row: ExceptionRow) -> str:
    truth = said(INVARIANTS, row.subject)
    return _("This does not hold: %(truth)s (%(where)s).", truth=truth, where=row.detail)


def _balance(row: ExceptionRow) -> str:
    if row.amount is None:
        return ""
    apart = amount(Money(abs(row.amount.minor), row.amount.currency))
    if row.amount.minor > 0:
        return _("Stripe holds %(amount)s more than our books.", amount=apart)
    return _("Stripe holds %(amount)s less than our books.", amount=apart)


def _not_here(row: ExceptionRow) -> str:
    what, _equals, word = row.detail.partition("=")
    if what == "suspense":
        return _(
            "Booked in suspense: nothing here explains it. Stripe calls it “%(word)s”.", word=word
        )
    return _(
        "Stripe moved this more than a day ago and our books do not have it (%(word)s).", word=word
    )


def _not_at_stripe(row: ExceptionRow) -> str:
    if row.detail == "gift":
        return _("Paid here more than two days ago, and Stripe has not booked it.")
    return _("Booked here, and Stripe does not list it.")


def _fund(row: ExceptionRow) -> str:
    what, _equals, fund = row.detail.partition("=")
    if what == "closed":
        return _("Given for the fund “%(fund)s”, which was closed by then.", fund=fund)
    return _("Given for the fund “%(fund)s”, which does not exist.", fund=fund)


def _late(row: ExceptionRow) -> str:
    told = dict(part.split("=", 1) for part in row.detail.split(";") if "=" in part)
    return _(
        "%(entry)s of %(month)s, which was closed by then: booked in %(booked)s.",
        entry=said(ENTRIES, told.get("entry", "")),
        month=told.get("month", ""),
        booked=row.posted_on.strftime("%Y-%m"),
    )


def _at_bank(_row: ExceptionRow) -> str:
    return _(
        "The bank shows another amount than the payout. The amount is by how much more arrived."
    )


def _missing(row: ExceptionRow) -> str:
    return _(
        "Should have arrived on %(day)s, and stands on no statement.", day=row.posted_on.isoformat()
    )


def _lines(_row: ExceptionRow) -> str:
    return _("Its lines sum to another amount. The amount is by how much more they come to.")


def _bank_line(_row: ExceptionRow) -> str:
    return _("Came into the bank more than a week ago; match or dismiss it.")


def _membership(row: ExceptionRow) -> str:
    if row.detail == "not_here":
        return _("A subscription made here that our memberships do not know.")
    if row.detail == "not_at_stripe":
        return _("A living membership here that Stripe does not list.")
    return _apart(row.detail, {"state": MEMBERSHIPS, "frequency": FREQUENCIES})


def _returned(row: ExceptionRow) -> str:
    if row.detail == "not_here":
        return _("Known at Stripe, and not here.")
    if row.detail == "not_at_stripe":
        return _("Known here, and not at Stripe.")
    return _apart(row.detail, {"state": STRIPE_WORDS})


def _apart(detail: str, words: dict[str, dict[Any, Any]]) -> str:
    """`state=active>ended` as "State: here Active, at Stripe Ended"; several after one another."""
    told = []
    for part in detail.split(";"):
        what, _equals, sides = part.partition("=")
        ours, _mark, theirs = sides.partition(">")
        known = words.get(what, {})
        told.append(
            _(
                "%(what)s: here %(ours)s, at Stripe %(theirs)s.",
                what=said(DIFFERING, what),
                ours=said(known, ours),
                theirs=said(known, theirs),
            )
        )
    return " ".join(told)


_SENTENCES: Final[dict[Kind, Callable[[ExceptionRow], str]]] = {
    Kind.INVARIANT_BROKEN: _invariant,
    Kind.BALANCE_DIFFERS: _balance,
    Kind.IN_STRIPE_NOT_HERE: _not_here,
    Kind.HERE_NOT_IN_STRIPE: _not_at_stripe,
    Kind.PAYOUT_BANK_DIFFERS: _at_bank,
    Kind.PAYOUT_LINES_DIFFER: _lines,
    Kind.PAYOUT_NOT_AT_BANK: _missing,
    Kind.BANK_LINE_UNMATCHED: _bank_line,
    Kind.LATE_INTO_CLOSED: _late,
    Kind.NO_FUND: _fund,
    Kind.MEMBERSHIP_DIFFERS: _membership,
    Kind.REFUND_DIFFERS: _returned,
    Kind.DISPUTE_DIFFERS: _returned,
}
