"""Amounts and days as other programs write them; what may mean two things is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from donations.kernel.currencies import CURRENCIES
from donations.kernel.errors import BadAmount, FieldRefused
from donations.kernel.money import Money

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# A sign that stands before or behind an amount; which currency it means is told elsewhere.
_SIGNED: Final = re.compile(r"^[$€£¥]?\s*(?P<figure>[0-9.,' \u00a0\u202f]+?)\s*[$€£¥]?$")
_ENGLISH: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{2}")
_CONTINENTAL: Final = re.compile(r"[0-9]{1,3}(?:[.\u00a0\u202f ][0-9]{3})+,[0-9]{2}")
_NUMBERS: Final = re.compile(
    r"(?P<first>[0-9]{1,2})(?P<sign>[./-])(?P<second>[0-9]{1,2})(?P=sign)(?P<year>[0-9]{4})"
    r"(?:[ T,]+(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*[AaPp][Mm])?))?"
)
_WORDS: Final = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y")
_TIMES: Final = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I:%M:%S %p")
_MONTHS: Final = 12
_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD: Final = timedelta(days=1)


def read_amount(typed: str, currency: str) -> Money:
    """An amount with its sign taken off; thousands may be told apart only where it is plain how.

    Raises `FieldRefused`.  Nought is an amount, a negative one is none.
    """
    if currency not in CURRENCIES:
        raise FieldRefused("currency", "unknown" if currency else "missing")
    found = _SIGNED.match(typed.strip())
    text = typed.strip() if found is None else found["figure"]
    if _ENGLISH.fullmatch(text):
        text = text.replace(",", "")
    elif _CONTINENTAL.fullmatch(text):
        text = re.sub(r"[.\u00a0\u202f ]", "", text)
    try:
        return Money.parse(text, currency)
    except BadAmount as error:
        raise FieldRefused("amount", error.reason) from error


def read_moment(day: str, time: str, order: str, zone: ZoneInfo | None, now: datetime) -> datetime:
    """The moment of a day and a time, in `zone` or in UTC where it says none itself.

    `order` is `dmy` or `mdy`, for days of figures alone.  Raises `FieldRefused`.
    """
    text = day.strip().removesuffix(" UTC").strip()
    if not text:
        raise FieldRefused("date", "missing")
    moment = _iso(text) or _figures(text, order) or _words(text)
    if moment is None:
        raise FieldRefused("date", "no_date")
    if time.strip():
        moment = datetime.combine(moment.date(), _time(time.strip()).time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone or UTC)
    moment = moment.astimezone(UTC)
    if not _OLDEST <= moment <= now + _AHEAD:
        raise FieldRefused("date", "out_of_range")
    return moment


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _figures(text: str, order: str) -> datetime | None:
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return None
    first, second = int(found["first"]), int(found["second"])
    if not order:
        if first <= _MONTHS and second <= _MONTHS and first != second and found["sign"] != ".":
            raise FieldRefused("date", "two_meanings")
        order = "mdy" if second > _MONTHS else "dmy"
    day, month = (first, second) if order == "dmy" else (second, first)
    try:
        made = datetime(int(found["year"]), month, day)  # noqa: DTZ001 - the zone comes later
    except ValueError:
        return None
    return made if not found["time"] else datetime.combine(made.date(), _time(found["time"]).time())


def _words(text: str) -> datetime | None:
    for form in _WORDS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone comes later
        except ValueError:
            continue
    return None


def _time(text: str) -> datetime:
    for form in _TIMES:
        try:
            return datetime.strptime(text.upper(), form)  # noqa: DTZ007 - only its time is used
        except ValueError:
            continue
    raise FieldRefused("time", "no_time")
