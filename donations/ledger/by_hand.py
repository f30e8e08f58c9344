"""What a person enters in the books rather than Stripe: a day for a moment, and a reason."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from donations.kernel.errors import FieldRefused

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

LONGEST_MEMO: Final = 110
_NOON: Final = time(12)


def noon(day: date, zone: ZoneInfo) -> datetime:
    """The middle of a day, in UTC: the moment of what is known by its day alone."""
    return datetime.combine(day, _NOON, zone).astimezone(UTC)


def signed_memo(memo: str, by: str) -> str:
    """A reason as it stands in the books, with the login of who gave it.

    Raises `FieldRefused` for none, for one too long, and for one with an e-mail address in it.
    """
    text = " ".join(memo.split())
    if not text:
        raise FieldRefused("memo", "empty")
    if len(text) > LONGEST_MEMO or not text.isprintable():
        raise FieldRefused("memo", "too_long", most=LONGEST_MEMO)
    if "@" in text:
        raise FieldRefused("memo", "names_somebody")
    return f"{text} ({by})"
