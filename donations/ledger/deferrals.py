"""Membership benefits still owed: what of a payment is put off, and when it becomes income.

A payment that buys benefits is income as they are given (ASC 606, IFRS 15).  The part put off is
spread over whole months, the month of the payment the first: one for a monthly payment, twelve for
an annual one.  Payments of one month, term, currency and fund make a cohort; a cohort ends at
exactly nothing, because its last month takes what is left.

What comes back takes along what is still owed, told by the gift's own entries and by dates.  Every
part is rounded down, and never takes more than the cohort has left, so that what remains is never
less than nothing, in whatever order things are heard of.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import book
from donations.ledger.chart import Account, Kind
from donations.ledger.cohorts import TERMS, Cohort, Owed, owed_share
from donations.ledger.drafts import About, Draft, Line
from donations.ledger.models import Entry, Posting
from donations.ledger.sums import sums

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

_BY: Final = ("month", "currency", "kind", "frequency", "fund", "cohort")


def owed(
    session: Session,
    *,
    through: Month | None = None,
    as_of: int | None = None,
    only: Cohort | None = None,
) -> list[Owed]:
    """Every cohort as it stands in the books, or `only` one; as of the entry numbered `as_of`."""
    where: list[Any] = [lambda row: row.account == Account.DEFERRED.value]
    if through is not None:
        where.append(lambda row: row.posted_on <= through.last_day)
    if only is not None:
        where.append(lambda row: row.posted_on >= only.begins.first_day)
        where.append(lambda row: row.cohort == str(only.begins))
    found: dict[Cohort, Owed] = {}
    for one in sums(session, _BY, *where, as_of=as_of):
        month, currency, kind, frequency, fund, begins = one.by
        if not begins or frequency not in TERMS:
            continue  # put off by no rule of ours: the liability will differ from the cohorts
        cohort = Cohort(Month.parse(begins), frequency, currency, fund)
        so_far = found.get(cohort, Owed(cohort, 0, {}, {}))
        found[cohort] = _with(so_far, Month.parse(month), kind, one.minor, one.postings)
    return [found[cohort] for cohort in sorted(found) if only in {None, cohort}]


def recognise(session: Session, month: Month, zone: ZoneInfo, *, now: datetime) -> int:
    """Make income of what was earned by the end of `month`; the entries booked.

    Doing it twice does it once.  The caller holds the write transaction, and has not closed the
    month yet.
    """
    done = 0
    for one in owed(session, through=month):
        minor = one.earned(month) - sum(one.recognised.values())
        if minor:
            done += book(session, _recognition(one, month, zone, minor), now=now)
    return done


def gift_deferral(session: Session, gift_reference: str) -> tuple[int, Cohort] | None:
    """What was put off of a gift when it was booked, and in which cohort; None if nothing was."""
    about = (Entry.cohort, Entry.frequency, Posting.currency, Posting.fund)
    row = session.execute(
        select(*about, func.sum(Posting.amount_minor))
        .join(Posting.entry)
        .where(
            Entry.gift_reference == gift_reference,
            Entry.kind == Kind.GIFT,
            Posting.account == Account.DEFERRED,
        )
        .group_by(*about)
    ).first()
    if row is None:
        return None
    begins, frequency, currency, fund, minor = row
    return -int(minor), Cohort(Month.parse(str(begins)), str(frequency), currency, fund)


def given_back(
    session: Session,
    gift_reference: str,
    *,
    charged_minor: int,
    gift_minor: int,
    currency: str,
    posted: Month,
) -> tuple[int, Month] | None:
    """The deferred part of a return posted in `posted`, signed like `charged_minor`; its cohort.

    `charged_minor` of the `gift_minor` a reader paid go back (negative) or come again.  None if
    nothing of the gift was put off, or not in the `currency` the return settles in.  The caller
    holds the write transaction.
    """
    deferral = gift_deferral(session, gift_reference)
    if deferral is None or deferral[1].currency != currency:
        return None
    put_off, cohort = deferral
    before = _returned(session, gift_reference)

    def left(returned: int) -> int:
        kept = gift_minor - min(max(returned, 0), gift_minor)
        return owed_share(put_off, cohort.begins, cohort.months, posted, kept, gift_minor)

    part = left(before) - left(before - charged_minor)
    if part > 0:
        part = _at_most_what_is_left(session, cohort, posted, part)
    return -part, cohort.begins


def _returned(session: Session, gift_reference: str) -> int:
    """What has gone back of a gift, less what came again, in the minor units its reader saw."""
    total = session.scalar(
        select(func.sum(Entry.charged_minor)).where(
            Entry.gift_reference == gift_reference, Entry.kind != Kind.GIFT
        )
    )
    return -int(total or 0)


def _at_most_what_is_left(session: Session, cohort: Cohort, month: Month, part: int) -> int:
    """As much of `part` as leaves the cohort nothing less than nothing, now and later.

    A cohort is spread as one, its payments are given back one by one: roundings may differ by a
    few minor units.
    """
    for one in owed(session, only=cohort):
        while part > 0:
            refunded = _plus(one.refunded, month, part)
            least = replace(one, refunded=refunded).least_from(month)
            if least >= 0:
                break
            part = max(0, part + least)
    return part


def _with(one: Owed, month: Month, kind: str, minor: int, entries: int) -> Owed:
    if kind == Kind.GIFT:
        return replace(one, booked=one.booked - minor)
    if kind == Kind.RECOGNITION:
        return replace(
            one,
            recognised=_plus(one.recognised, month, minor),
            recognitions=_plus(one.recognitions, month, entries),
        )
    return replace(one, refunded=_plus(one.refunded, month, minor))


def _plus(by_month: Mapping[Month, int], month: Month, minor: int) -> Mapping[Month, int]:
    return {**by_month, month: by_month.get(month, 0) + minor}


def _recognition(one: Owed, month: Month, zone: ZoneInfo, minor: int) -> Draft:
    cohort = one.cohort
    name = f"{month}:{cohort.currency}:{cohort.frequency}:{cohort.begins}:{cohort.fund}"
    before = one.recognitions.get(month, 0)
    return Draft(
        source=f"recognition:{name}{f':{before + 1}' if before else ''}",
        kind=Kind.RECOGNITION,
        charged=Money(minor, cohort.currency),
        occurred_at=month.last_moment(zone),
        lines=(
            Line(Account.DEFERRED, cohort.currency, minor, cohort.fund),
            Line(Account.INCOME, cohort.currency, -minor, cohort.fund),
        ),
        about=About(frequency=cohort.frequency, cohort=str(cohort.begins)),
    )
