"""Packs kept for download: made by a job, stored in parts, made again the same at any time.

A month of a hundred thousand entries takes minutes to render, which no browser waits for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, select

from donations.closing.models import ClosedMonth, PackPart
from donations.closing.pack import build_pack
from donations.jobs.models import Job
from donations.jobs.outbox import enqueue, replay
from donations.kernel.database import begin_write
from donations.kernel.errors import GivenUp, NotFound
from donations.kernel.months import Month

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.closing.pack import Pack

JOB: Final = "close_pack"
PART_BYTES: Final = 1 << 20


class NotTheSame(GivenUp):
    """The books give another pack than the one the month was closed with."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How the pack of a closed month stands: `bytes` long once it is kept, 0 before.

    `trouble` is why the last try failed, None while all is well; `over` whether it is tried again.
    """

    bytes: int
    trouble: str | None
    over: bool


def promise_pack(session: Session, month: Month, *, now: datetime) -> None:
    """Promise to make the pack, in the transaction that closes the month."""
    enqueue(session, JOB, _key(month), {"month": str(month)}, now=now)


def make_again(session: Session, month: Month, *, now: datetime) -> None:
    """Drop what is kept of a closed month and promise to make it anew; commits.

    Raises `NotFound` while the month is open.
    """
    begin_write(session)
    if session.get(ClosedMonth, month.first_day) is None:
        session.rollback()
        raise NotFound
    session.execute(delete(PackPart).where(PackPart.month == month.first_day))
    if not replay(session, _key(month), now=now):
        promise_pack(session, month, now=now)
    session.commit()


def keep_pack(session: Session, arguments: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001 - a handler's signature
    """The job: make the pack and keep it.  Raises `NotTheSame`."""
    month = Month.parse(str(arguments["month"]))
    with build_pack(session, month) as pack:
        closed = begin_write(session).get_one(ClosedMonth, month.first_day, with_for_update=True)
        if closed.pack_sha256 not in {"", pack.sha256}:
            message = "the books give another pack than the one the month was closed with"
            raise NotTheSame(message)
        if not closed.pack_sha256:
            closed.pack_sha256 = pack.sha256
        _keep(session, month, pack)


def keeping_of(session: Session, month: Month) -> Keeping:
    """How the pack of a closed month stands."""
    kept = select(func.coalesce(func.sum(func.length(PackPart.data)), 0)).where(
        PackPart.month == month.first_day
    )
    job = session.scalar(select(Job).where(Job.key == _key(month)))
    over = job is None or job.state != "ready"
    return Keeping(int(session.scalars(kept).one()), job.last_error if job else None, over)


def kept_pack(session: Session, month: Month) -> Iterator[bytes]:
    """The kept pack, a part at a time.  Raises `NotFound` if none is kept."""
    numbers = select(PackPart.number).where(PackPart.month == month.first_day)
    found = session.scalars(numbers.order_by(PackPart.number)).all()
    if not found:
        raise NotFound
    return (_part(session, month, number) for number in found)


def _part(session: Session, month: Month, number: int) -> bytes:
    part = select(PackPart.data).where(PackPart.month == month.first_day, PackPart.number == number)
    return session.scalars(part).one()


def _keep(session: Session, month: Month, pack: Pack) -> None:
    session.execute(delete(PackPart).where(PackPart.month == month.first_day))
    number = 0
    while data := pack.zip.read(PART_BYTES):
        row = {"month": month.first_day, "number": number, "data": data}
        session.execute(insert(PackPart).values(row))
        number += 1


def _key(month: Month) -> str:
    return f"{JOB}:{month}"
