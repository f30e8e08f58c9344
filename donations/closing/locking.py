"""Closing a month: locked in one transaction with everything that proves it; there is no unlocking.

Under the lock every booking waits for, the month is walked once more, deferred revenue becomes
income, the proofs are made and must all be nought, and what the pack needs beyond the entries is
frozen.  From that commit on the pack is a pure function of what is locked; a job promised with it
renders the pack, so that nobody waits for a PDF, and keeps it and its digest.  Should the machine
stop in between, the very same bytes are rendered later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from sqlalchemy import select, update

from donations import __version__
from donations.closing.facts import Facts, Said
from donations.closing.keeping import promise_pack
from donations.closing.models import ClosedMonth
from donations.closing.pack import build_pack
from donations.closing.proofs import Proof, proofs, proofs_section
from donations.closing.schedules import schedules_now
from donations.closing.walk import Stage, walk
from donations.kernel.database import begin_write, writing
from donations.kernel.errors import DonationsError, ReaderError
from donations.ledger.books import hold, last_number
from donations.ledger.deferrals import recognise
from donations.ledger.models import DayTotal
from donations.reports.table import Question

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.months import Month
    from donations.kernel.newsroom import Newsroom
    from donations.ledger.codes import Codes

LONGEST_EXPLANATION: Final = 500
_BY_PAYOUT: Final = "payouts_at_bank"  # the walk looks at each, and at what is explained of it


class NotReady(ReaderError):
    """The month cannot close yet: `stages` are open."""

    def __init__(self, stages: tuple[Stage, ...]) -> None:
        super().__init__(", ".join(f"{stage.step}: {stage.standing}" for stage in stages))
        self.stages = stages


class NotProven(DonationsError):
    """Figures that must be one are not; nothing was locked.  `proofs` are those that differ."""

    def __init__(self, found: list[Proof]) -> None:
        super().__init__(", ".join(f"{proof.name} {proof.difference}" for proof in found))
        self.proofs = found


def close(
    session: Session,
    month: Month,
    by: str,
    *,
    newsroom: Newsroom,
    codes: Codes,
    now: datetime,
    explanation: str = "",
) -> ClosedMonth:
    """Lock `month` and make its pack's digest at once, as a command does; else as `lock`."""
    lock(session, month, by, newsroom=newsroom, codes=codes, now=now, explanation=explanation)
    return sealed(session, month)


def lock(
    session: Session,
    month: Month,
    by: str,
    *,
    newsroom: Newsroom,
    codes: Codes,
    now: datetime,
    explanation: str = "",
) -> None:
    """Close `month`, by the login `by`; closing it again changes nothing.

    `explanation` is for what `Walk.to_explain` names.  The pack is promised, not made.  Commits.
    Raises `NotReady` and `NotProven`.
    """
    words = " ".join(explanation.split())[:LONGEST_EXPLANATION]
    found = session.get(ClosedMonth, month.first_day)
    if found is None:
        _refuse(session, month, words, now=now, invariants=True)  # reads all the books: no lock
        with writing(session):
            if session.get(ClosedMonth, month.first_day) is None:
                _lock(session, month, by, newsroom, codes, words, now)


def sealed(session: Session, month: Month) -> ClosedMonth:
    """The closed month with its pack's digest, which is made now if it was not yet.

    Raises `NotFound` if the month is open.
    """
    session.expire_all()
    closed = session.get(ClosedMonth, month.first_day)
    if closed is not None and closed.pack_sha256:
        return closed
    with build_pack(session, month) as pack:
        digest = pack.sha256
    begin_write(session)
    session.execute(
        update(ClosedMonth)
        .where(ClosedMonth.month == month.first_day, ClosedMonth.pack_sha256 == "")
        .values(pack_sha256=digest)
    )
    session.commit()
    return session.get_one(ClosedMonth, month.first_day)


def _lock(
    session: Session,
    month: Month,
    by: str,
    newsroom: Newsroom,
    codes: Codes,
    words: str,
    now: datetime,
) -> None:
    books = hold(session)
    if session.get(ClosedMonth, month.first_day, populate_existing=True) is not None:
        return
    explained = _refuse(session, month, words, now=now, invariants=False)
    said = tuple(Said(stage.step.value, words, by) for stage in explained)
    zone = ZoneInfo(books.zone)
    recognise(session, month, zone, now=now)
    question = Question(
        first=month,
        last=month,
        as_of=last_number(session),
        zone=zone,
        codes=codes,
        fiscal_year_start=newsroom.fiscal_year_start,
        now=now,
    )
    facts = _frozen(session, question, newsroom, by, said)
    books.closed_through = month.last_day
    session.add(
        ClosedMonth(
            month=month.first_day,
            closed_at=now,
            closed_by=by,
            last_number=question.as_of,
            facts=facts,
            pack_sha256="",
        )
    )
    promise_pack(session, month, now=now)


def _refuse(
    session: Session, month: Month, words: str, *, now: datetime, invariants: bool
) -> tuple[Stage, ...]:
    """What the explanation explains.  Raises `NotReady` if anything is open without or with it."""
    walked = walk(session, month, now=now, invariants=invariants)
    left = walked.open(explained=bool(words))
    if left:
        raise NotReady(left)
    return walked.to_explain


def _frozen(
    session: Session, question: Question, newsroom: Newsroom, by: str, said: tuple[Said, ...]
) -> bytes:
    """Everything the pack needs beyond the entries, once it is proven."""
    found = proofs(session, question)
    wrong = [proof for proof in found if proof.difference and proof.name != _BY_PAYOUT]
    if wrong:
        raise NotProven(wrong)
    currencies = session.scalars(
        select(DayTotal.currency).where(DayTotal.posted_on <= question.last_day).distinct()
    )
    with force_locale("en"):  # one language, whatever is spoken here now or later
        return Facts(
            newsroom=newsroom.name,
            month=question.first,
            zone=question.zone.key,
            currencies=tuple(sorted(currencies)),
            fiscal_year_start=question.fiscal_year_start,
            codes=dict(question.codes.own),
            program=__version__,
            closed_by=by,
            closed_at=question.now,
            last_number=question.as_of,
            said=said,
            schedules=schedules_now(session, question),
            proofs=proofs_section(found),
        ).packed()
