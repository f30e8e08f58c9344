"""The newsletters: how many readers, how far the mailing service is in step, and the list itself.

The counts are for whoever makes the newsletters.  The list names people, so it has a permission of
its own, is asked for by a form that says so, and is written to the log.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

import structlog
from babel import Locale
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
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from donations.appeals.editions import current_edition
from donations.appeals.offers import offers
from donations.kernel.database import begin_write, db
from donations.kernel.errors import NotFound
from donations.newsletters.audiences.csv_file import CsvFile
from donations.newsletters.counting import by_month, counts, retry, sync_state
from donations.newsletters.syncing import every_reader
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask.typing import ResponseReturnValue

    from donations.newsletters.counting import Count

_log: Final = structlog.get_logger("donations.office")
_BYTE_ORDER_MARK: Final = "\ufeff"
_PLACEMENTS: Final = {
    "article": lazy_gettext("Beside the appeal"),
    "newsletter": lazy_gettext("The newsletters’ own page"),
    "preferences": lazy_gettext("The reader’s choices"),
    "": lazy_gettext("Not told"),
}


@dataclass(frozen=True, slots=True)
class _Table:
    """Counts under one heading, with the words for their names."""

    title: str
    column: str
    counts: tuple[Count, ...]
    words: Mapping[str, object]


@page("/newsletters", needs=Permission.NEWSLETTERS)
def newsletter_list() -> ResponseReturnValue:
    """Subscribers by newsletter, language, placement and month, and the state of the sync."""
    return _page()


@page("/newsletters/retry", needs=Permission.NEWSLETTERS_RETRY, methods=("POST",))
def newsletter_retry() -> ResponseReturnValue:
    """Have everything that did not reach the mailing service tried again now."""
    session = begin_write(db.session())
    count = retry(session, house().clock.now())
    session.commit()
    _log.info("newsletter sync retried", jobs=count, staff=g.visitor.staff_id)
    return redirect(url_for("office.newsletter_list"), 303)


@page("/newsletters/readers.csv", needs=Permission.NEWSLETTERS_EXPORT, methods=("POST",))
def newsletter_export() -> ResponseReturnValue:
    """The file of readers, once whoever asks for it has said that they know what it is."""
    if request.form.get("understood") != "yes":
        return _page(unsaid=True), 422
    newsletter = request.form.get("newsletter") or None
    if newsletter is not None and newsletter not in _names():
        abort(400)
    as_of = house().clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H%MZ")
    _log.info("readers exported", newsletter=newsletter or "all", staff=g.visitor.staff_id)
    response = Response(
        stream_with_context(_lines(newsletter, g.visitor.staff_id)),
        content_type="text/csv; charset=utf-8",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="readers-{as_of}.csv"'
    return response


def _lines(newsletter: str | None, staff_id: int) -> Iterator[str]:
    parts, pages, count = house(), io.StringIO(newline=""), 0
    pages.write(_BYTE_ORDER_MARK)
    file = CsvFile(pages, frozenset())
    for reader in every_reader(db.session(), parts.master, parts.newsletter_links, newsletter):
        file.put(reader, None)
        count += 1
        yield _taken(pages)
    yield _taken(pages)
    _log.info("readers’ file complete", readers=count, staff=staff_id)


def _taken(pages: io.StringIO) -> str:
    written = pages.getvalue()
    pages.seek(0)
    pages.truncate()
    return written


def _page(*, unsaid: bool = False) -> str:
    session, parts, names = db.session(), house(), _names()
    tables = (
        _Table(_("By newsletter"), _("Newsletter"), counts(session, "newsletter"), names),
        _Table(_("By language"), _("Language"), counts(session, "language"), _tongues()),
        _Table(_("By placement"), _("Where"), counts(session, "placement"), _PLACEMENTS),
    )
    return render_template(
        "office/newsletters.html",
        tables=tables,
        months=by_month(session, parts.newsroom.zone, parts.clock.now()),
        sync=None if parts.audience is None else sync_state(session, parts.audience),
        names=names,
        unsaid=unsaid,
    )


def _tongues() -> dict[str, str]:
    """The languages' names, in the office's own."""
    known = Locale.parse(g.language).languages
    return {code: known.get(code, code).capitalize() for code in house().newsroom.languages}


def _names() -> dict[str, str]:
    """The newsletters' names by slug, in the newsroom's first language and then in the others."""
    names: dict[str, str] = {}
    for language in house().newsroom.languages:
        try:
            content = current_edition(db.session(), language).content
        except NotFound:
            continue
        for offer in offers(content):
            names.setdefault(offer.slug, offer.name)
    return names
