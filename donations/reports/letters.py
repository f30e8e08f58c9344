"""How many letters went out and what came back of them, by day and letter; never to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import case, func, select

from donations.mailer.models import Letter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

DAYS: Final = 14
LAST: Final = 50


@dataclass(frozen=True, slots=True)
class LetterCount:
    """The letters of one template sent on one day, and what came back of them until now."""

    day: date
    template: str
    sent: int
    bounced: int
    complained: int
    delayed: int


def letter_counts(
    session: Session, zone: ZoneInfo, now: datetime, days: int = DAYS
) -> tuple[LetterCount, ...]:
    """The letters of the last `days` days by the clocks of `zone`, latest day first."""
    today = now.astimezone(zone).date()
    shown = [today - timedelta(days=back) for back in range(days)]
    begins = [datetime.combine(day, time(), zone).astimezone(UTC) for day in shown]
    back = case(*((Letter.sent_at >= begin, number) for number, begin in enumerate(begins)))
    rows = session.execute(
        select(back.label("back"), Letter.template, Letter.returned_as, func.count())
        .where(Letter.sent_at >= begins[-1])
        .group_by("back", Letter.template, Letter.returned_as)
    ).all()
    sums: dict[tuple[int, str], dict[str | None, int]] = {}
    for number, template, returned_as, count in rows:
        sums.setdefault((number, template), {})[returned_as] = count
    return tuple(
        LetterCount(
            day=shown[number],
            template=template,
            sent=sum(found.values()),
            bounced=found.get("bounced", 0),
            complained=found.get("complained", 0),
            delayed=found.get("delayed", 0),
        )
        for (number, template), found in sorted(sums.items())
    )


def last_letters(session: Session, limit: int = LAST) -> Sequence[Letter]:
    """The letters sent last, latest first."""
    return session.scalars(
        select(Letter)
        .where(Letter.sent_at.is_not(None))
        .order_by(Letter.sent_at.desc(), Letter.id.desc())
        .limit(limit)
    ).all()
