"""Closing: the months, the walk through one of them, the lock, and the pack that proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import (
    Response,
    abort,
    g,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)

from donations.closing.figures import held, to_recognise
from donations.closing.keeping import keeping_of, kept_pack, make_again
from donations.closing.locking import LONGEST_EXPLANATION, NotProven, NotReady, lock
from donations.closing.records import facts_of, records
from donations.closing.walk import next_to_close, walk
from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.kernel.months import Month, months_between
from donations.ledger.books import books_zone, closed_through, last_number
from donations.reports.table import Question
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.closing_words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

    from donations.closing.proofs import Proof
    from donations.closing.walk import About

_PAGES: Final = {
    "gift": ("office.gift_page", "public_id"),
    "payout": ("office.payout_page", "payout"),
    "batch": ("office.offline_batch", "public_id"),
    "month": ("office.closing_month", "name"),
}
_log: Final = structlog.get_logger("donations.office")


@page("/closing", needs=Permission.CLOSING)
def closing_list() -> ResponseReturnValue:
    """Every month since the books began: closed, next to close, or still to come."""
    session, now = db.session(), house().clock.now()
    following, closed = next_to_close(session), records(session)
    this_month = Month.of(now, books_zone(session))
    walked = None if following is None else walk(session, following, now=now, invariants=False)
    waiting = () if following is None else months_between(following.later(1), this_month)
    return render_template(
        "office/closing.html", walked=walked, closed=closed, waiting=waiting[::-1], **WORDS
    )


@page("/closing/<name>", needs=Permission.CLOSING)
def closing_month(name: str) -> ResponseReturnValue:
    """The walk through an open month, or what a closed one was locked with."""
    month, session = _month(name), db.session()
    through = closed_through(session)
    if through is None or month.last_day > through:
        return _open_month(month)
    kept = next((one for one in records(session) if one.month == month), None)
    if kept is None:
        raise NotFound  # before the books began
    facts = facts_of(session, month)
    return render_template(
        "office/closing_month.html",
        month=month,
        walked=None,
        closed=kept,
        keeping=keeping_of(session, month),
        facts=facts,
        held=held(session, facts.question),
        **WORDS,
    )


@page("/closing/<name>", needs=Permission.CLOSE, methods=("POST",))
def closing_close(name: str) -> ResponseReturnValue:
    """Close the month for good, if its name was typed and nothing is open."""
    month, parts, session = _month(name), house(), db.session()
    if request.form.get("confirm", "").strip() != str(month):
        return _open_month(month, mistyped=True), 422
    try:
        lock(
            session,
            month,
            g.visitor.login,
            newsroom=parts.newsroom,
            codes=parts.codes,
            now=parts.clock.now(),
            explanation=request.form.get("explanation", ""),
        )
    except NotReady:
        return _open_month(month, refused=True), 409
    except NotProven as error:
        return _open_month(month, unproven=error.proofs), 409
    _log.info("month closed", month=str(month), staff=g.visitor.staff_id)
    return redirect(url_for("office.closing_month", name=name), 303)


@page("/closing/<name>/pack.zip", needs=Permission.PACK)
def closing_pack(name: str) -> ResponseReturnValue:
    """The kept pack of a closed month; back to the month while it is not made yet."""
    month, session = _month(name), db.session()
    facts_of(session, month)
    length = keeping_of(session, month).bytes
    if not length:
        return redirect(url_for("office.closing_month", name=name), 303)
    _log.info("pack downloaded", month=str(month), staff=g.visitor.staff_id)

    def parts() -> Iterator[bytes]:
        yield from kept_pack(db.session(), month)

    answer = Response(stream_with_context(parts()), mimetype="application/zip")
    answer.content_length = length
    answer.headers.set("Content-Disposition", "attachment", filename=f"close-pack-{month}.zip")
    return answer


@page("/closing/<name>/pack", needs=Permission.PACK, methods=("POST",))
def closing_make_pack(name: str) -> ResponseReturnValue:
    """Make the pack of a closed month, or make it again: the same, to the byte."""
    month = _month(name)
    make_again(db.session(), month, now=house().clock.now())
    _log.info("pack asked for", month=str(month), staff=g.visitor.staff_id)
    return redirect(url_for("office.closing_month", name=name), 303)


def address(about: About) -> str | None:
    """Where what stands in the way is put right; None where no page helps."""
    if about.what == "exceptions":
        return url_for("office.exception_list", state="open", kind=about.name)
    if about.what not in _PAGES:
        return None
    endpoint, argument = _PAGES[about.what]
    return url_for(endpoint, **{argument: about.name})  # type: ignore[arg-type]


def _open_month(
    month: Month,
    *,
    mistyped: bool = False,
    refused: bool = False,
    unproven: list[Proof] | None = None,
) -> str:
    session, parts = db.session(), house()
    now = parts.clock.now()
    question = Question(
        first=month,
        last=month,
        as_of=last_number(session),
        zone=books_zone(session),
        codes=parts.codes,
        fiscal_year_start=parts.newsroom.fiscal_year_start,
        now=now,
    )
    return render_template(
        "office/closing_month.html",
        month=month,
        walked=walk(session, month, now=now),
        closed=None,
        held=held(session, question),
        due=to_recognise(session, month),
        mistyped=mistyped,
        refused=refused,
        unproven=unproven or (),
        typed=request.form,
        longest=LONGEST_EXPLANATION,
        link=address,
        **WORDS,
    )


def _month(name: str) -> Month:
    try:
        return Month.parse(name)
    except ValueError:
        abort(404)
