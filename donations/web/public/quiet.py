"""The one marker a reader's browser may be given: fold the appeal away until the promised month.

It is set by a reminder and by nothing else, says a month and nothing about the person, and goes by
itself on the day that was promised.  A page read with it is made once per month for everybody who
asked for that month.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from flask import g, redirect, request

from donations.kernel.months import Month
from donations.reminders.timing import FURTHEST_MONTHS
from donations.web.house import house
from donations.web.public.blueprint import page
from donations.web.public.frame import page_url
from donations.web.public.reminder_words import until_text
from donations.web.public.today import today

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from wsgiref.types import WSGIEnvironment

    from flask import Response
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as Reply

COOKIE: Final = "quiet-until"
_IN_HEADER: Final = re.compile(rf"(?:^|; ?){COOKIE}=(20[0-9]{{2}}-[01][0-9])(?:;|$)")


@page("/remind-me/ask-again", name="ask_again", methods=("POST",))
def ask_again() -> ResponseReturnValue:
    """Take the marker away and lead back to the appeal."""
    answer = redirect(page_url("article") + "#support", 303)
    answer.headers["Cache-Control"] = "no-store"
    _set(answer, "", datetime.fromtimestamp(0, UTC))
    return answer


def keep_quiet(answer: Response, until: date) -> Response:
    """Have the browser keep the marker until `until` begins where the newsroom is."""
    ends = datetime.combine(until, time(), house().newsroom.zone).astimezone(UTC)
    _set(answer, until.strftime("%Y-%m"), ends)
    return answer


def quiet_until() -> str | None:
    """The month the reader of this page asked us to wait for, for "until …".

    None where nothing was asked; the empty word where that month has begun, and the day has not.
    """
    asked = quiet_month(request.environ, Month.of_day(today()))
    if asked is None:
        return None
    month = Month.parse(asked)
    return "" if month == Month.of_day(today()) else until_text(month.first_day, g.language)


def quiet_month(environ: WSGIEnvironment, this_month: Month) -> str | None:
    """The month in a request's marker, "2027-03"; None if there is none that could be ours.

    At most fourteen different answers, so a page may be kept for each.
    """
    header = environ.get("HTTP_COOKIE")
    if not header or COOKIE not in header:
        return None
    found = _IN_HEADER.search(header)
    if found is None:
        return None
    try:
        month = Month.parse(found[1])
    except ValueError:
        return None
    return found[1] if this_month <= month <= this_month.later(FURTHEST_MONTHS) else None


def quiet_reader(this_month: Callable[[], Month]) -> Callable[[WSGIEnvironment], str]:
    """What the page cache tells readers apart by: the month of their marker, or nothing."""

    def tell(environ: WSGIEnvironment) -> str:
        if COOKIE not in environ.get("HTTP_COOKIE", ""):
            return ""  # nearly everybody, so nothing more is asked
        return quiet_month(environ, this_month()) or ""

    return tell


def _set(answer: Reply, value: str, expires: datetime) -> None:
    secure = house().base_url.startswith("https:")
    answer.set_cookie(
        COOKIE, value, expires=expires, path="/", httponly=True, secure=secure, samesite="Lax"
    )
