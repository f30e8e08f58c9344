"""The accountants' reports: an index, one page for all of them, and the same rows as files."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import Response, abort, g, render_template, request, stream_with_context, url_for

from donations.kernel.database import db
from donations.kernel.months import Month
from donations.ledger.books import books_zone, last_number
from donations.reports.catalogue import REPORTS, report_named
from donations.reports.drawing import plot
from donations.reports.files import Source, csv_pieces, workbook
from donations.reports.income import first_month
from donations.reports.table import Question
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.queries import asked, read_currency

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

    from donations.reports.table import Definition, Link, Report, Section

ROWS_SHOWN: Final = 500
_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAGES: Final = {
    "gift": "office.gift_page",
    "supporter": "office.supporter_page",
    "payout": "office.payout_page",
    "bank_line": "office.bank_line_page",
    "batch": "office.offline_batch",
    "report": "office.report_page",
}
_log: Final = structlog.get_logger("donations.office")


@page("/reports", needs=Permission.REPORTS)
def report_list() -> ResponseReturnValue:
    """Every report there is."""
    return render_template("office/reports.html", reports=REPORTS)


@page("/reports/<name>", needs=Permission.REPORTS)
def report_page(name: str) -> ResponseReturnValue:
    """One report for the months and filters of the address."""
    definition, question = report_named(name), asked_question()
    report = definition.build(db.session(), question)
    shown = [
        (section, rows[:ROWS_SHOWN], len(rows) > ROWS_SHOWN)
        for section in report.sections
        for rows in (list(islice(section.rows, ROWS_SHOWN + 1)),)
    ]
    return render_template(
        "office/report.html",
        definition=definition,
        question=question,
        shown=shown,
        plots=[
            plot(drawing) for drawing in report.drawings if any(bar.amount for bar in drawing.bars)
        ],
        spans=_spans(question),
        query=_asked_for(question),
        link=address,
    )


@page("/reports/<name>.csv", needs=Permission.REPORTS_EXPORT)
def report_csv(name: str) -> Response:
    """One table of the report, the first unless the address says which."""
    definition, question = report_named(name), asked_question()
    source = None if request.args.get("footer") == "no" else _source(definition, question)
    wanted = asked("section", str)

    def pieces() -> Iterator[str]:
        report = definition.build(db.session(), question)
        yield from csv_pieces(_section(report, wanted), source)

    if wanted is not None:
        _section(definition.build(db.session(), question), wanted)
    return _file(
        f"{name}{'-' + wanted if wanted else ''}", "csv", "text/csv; charset=utf-8", pieces()
    )


@page("/reports/<name>.xlsx", needs=Permission.REPORTS_EXPORT)
def report_workbook(name: str) -> Response:
    """The whole report as a workbook."""
    definition, question = report_named(name), asked_question()
    report = definition.build(db.session(), question)
    written = workbook(report, _source(definition, question))
    return _file(name, "xlsx", _SPREADSHEET, iter([written]))


def asked_question() -> Question:
    """What the address asks: this month unless it says otherwise, as of now unless it says when."""
    session, parts = db.session(), house()
    zone, now = books_zone(session), parts.clock.now()
    this_month, latest = Month.of(now, zone), last_number(session)
    last = asked("to", Month.parse) or asked("from", Month.parse) or this_month
    first = asked("from", Month.parse) or last
    if request.args.get("period") == "all":
        first, last = first_month(session) or this_month, this_month
    if first > last:
        abort(400)
    as_of = asked("as_of", int)
    return Question(
        first=first,
        last=last,
        as_of=latest if as_of is None else min(max(as_of, 0), latest),
        zone=zone,
        codes=parts.codes,
        fiscal_year_start=parts.newsroom.fiscal_year_start,
        now=now,
        currency=asked("currency", read_currency),
        fund=asked("fund", str),
        kind=asked("kind", str),
        subject=asked("subject", str),
    )


def _source(definition: Definition, question: Question) -> Source:
    return Source(definition, question, house().newsroom.name)


def _section(report: Report, wanted: str | None) -> Section:
    found = [each for each in report.sections if wanted is None or each.name == wanted]
    return found[0] if found else abort(404)


def _file(name: str, ending: str, kind: str, pieces: Iterator[Any]) -> Response:
    as_of = house().clock.now().strftime("%Y-%m-%dT%H%MZ")
    _log.info("exported", report=name, staff=g.visitor.staff_id)
    response = Response(stream_with_context(pieces), content_type=kind)
    disposition = f'attachment; filename="{name}-{as_of}.{ending}"'
    response.headers["Content-Disposition"] = disposition
    return response


def _asked_for(question: Question) -> dict[str, str]:
    """The question as an address, with the moment it was asked of, so that files agree with it."""
    asked_for = {
        "from": str(question.first),
        "to": str(question.last),
        "currency": question.currency,
        "fund": question.fund,
        "kind": question.kind,
        "subject": question.subject,
        "as_of": str(question.as_of),
    }
    return {name: value for name, value in asked_for.items() if value is not None}


def _spans(question: Question) -> dict[str, dict[str, str]]:
    """Months people ask for most, as addresses."""
    this_month = Month.of(question.now, question.zone)
    year = this_month.fiscal_year(question.fiscal_year_start)
    before = year.later(-12)
    return {
        "month": {"from": str(this_month), "to": str(this_month)},
        "last": {"from": str(this_month.later(-1)), "to": str(this_month.later(-1))},
        "year": {"from": str(year), "to": str(this_month)},
        "year_before": {"from": str(before), "to": str(year.later(-1))},
        "all": {"period": "all"},
    }


def address(link: Link) -> str:
    """The address a link leads to."""
    return url_for(_PAGES[link.to], **link.arguments)  # type: ignore[arg-type]
