"""The journal as files for other programs: choose a format, have it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog
from flask import Response, g, render_template, request, stream_with_context

from donations.kernel.database import db
from donations.reports.journal_formats.formats import FORMATS, Detail, Wish, export
from donations.reports.journal_formats.xero import TAX_RATE
from donations.reports.sums import sums
from donations.staff.roles import Permission
from donations.web.office.blueprint import page
from donations.web.office.queries import asked
from donations.web.office.reports import asked_question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

PLAIN: Final = "csv"
_log: Final = structlog.get_logger("donations.office")


@page("/journal", needs=Permission.JOURNAL)
def journal_export() -> ResponseReturnValue:
    """Which months, in which format; last month unless the address says otherwise."""
    session, question = db.session(), asked_question()
    if not any(name in request.args for name in ("from", "to", "period")):
        before = question.last.later(-1)
        question = replace(question, first=before, last=before)
    found = sums(session, ("currency",), as_of=question.as_of)
    return render_template(
        "office/journal.html",
        question=question,
        formats=FORMATS.values(),
        chosen=asked("format", _known) or next(iter(FORMATS)),
        details=tuple(Detail),
        currencies=[one.by[0] for one in found],
        tax_rate=TAX_RATE,
    )


@page("/journal/file", needs=Permission.JOURNAL_EXPORT)
def journal_file() -> Response:
    """The journal in the format asked for, the plain one by default, as it is read."""
    name, question = asked("format", _known) or PLAIN, asked_question()
    wish = Wish(asked("detail", Detail), asked("tax_rate", str) or TAX_RATE)
    found = export(db.session(), question, name, wish)
    _log.info("exported", report="journal", format=name, staff=g.visitor.staff_id)

    def pieces() -> Iterator[bytes]:  # the session of the answer, not of the question
        yield from found.write(db.session())

    response = Response(stream_with_context(pieces()), content_type=found.content_type)
    disposition = f'attachment; filename="{found.file_name}"'
    response.headers["Content-Disposition"] = disposition
    return response


def _known(text: str) -> str:
    if text not in FORMATS:
        raise ValueError(text)
    return text
