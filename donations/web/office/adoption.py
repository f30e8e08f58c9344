"""Files taken in from other programs: how they stand, and who of them may be known here already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog
from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext

from donations.adoption.batches import batch_named, batches, number_of, rows_with
from donations.adoption.deciding import Word, decide
from donations.adoption.importing import Importer
from donations.adoption.past_rows import PastRow
from donations.adoption.taking_in import ORIGINAL
from donations.kernel.database import db
from donations.kernel.errors import NotAllowed
from donations.staff.roles import Permission
from donations.vault.sealed import open_operational
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.duplicates import WHY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

    from donations.adoption.models import ImportBatch

_log: Final = structlog.get_logger("donations.office")
_MOST: Final = 50
STATES: Final = {
    "drafted": lazy_gettext("Begun"),
    "shown": lazy_gettext("Shown"),
    "running": lazy_gettext("Under way"),
    "done": lazy_gettext("Taken in"),
    "undone": lazy_gettext("Taken back"),
}
COUNTS: Final = {
    "taken": lazy_gettext("past gifts"),
    "new": lazy_gettext("new supporters"),
    "matched": lazy_gettext("of known supporters"),
    "joins": lazy_gettext("with a further mailbox"),
    "known": lazy_gettext("here already"),
    "awaits": lazy_gettext("waiting"),
    "skipped": lazy_gettext("left out"),
    "bad": lazy_gettext("wrong"),
    "undone": lazy_gettext("taken back"),
    "kept": lazy_gettext("kept, touched since"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody of a file who waits: what their first line told, and who it may be."""

    line: int
    told: PastRow
    likely: str | None
    likely_line: int | None
    why: str
    decision: str | None


@page("/imports", needs=Permission.IDENTITY)
def import_list() -> ResponseReturnValue:
    """Every file, the newest first."""
    found = batches(db.session())
    return render_template("office/adoption.html", found=found, STATES=STATES, COUNTS=COUNTS)


@page("/imports/<name>", needs=Permission.IDENTITY)
def import_batch(name: str) -> ResponseReturnValue:
    """One file, and who of it waits for a decision."""
    batch = batch_named(db.session(), name)
    waiting = list(_waiting(batch))
    if waiting:
        _log.info("lines of a file shown", batch=name, staff=g.visitor.staff_id)
    return render_template(
        "office/adoption_batch.html",
        batch=batch,
        waiting=waiting[:_MOST],
        left=max(0, len(waiting) - _MOST),
        words=tuple(Word),
        STATES=STATES,
        COUNTS=COUNTS,
        WHY=WHY,
    )


@page("/imports/<name>/decide", needs=Permission.IDENTITY, methods=("POST",))
def import_decide(name: str) -> ResponseReturnValue:
    """Write down a decision; of a file that was taken in, its lines follow at once."""
    session, parts = db.session(), house()
    line, word = request.form.get("line", ""), request.form.get("decision", "")
    if not line.isdecimal() or word not in set(Word):
        batch_named(session, name)
        return redirect(url_for("office.import_batch", name=name), 303)
    try:
        decide(session, name, int(line), Word(word))
        if batch_named(session, name).state == "done":
            session.rollback()
            newsroom = parts.newsroom
            Importer(
                session, parts.master, parts.clock, newsroom.zone, newsroom.languages[0]
            ).settle_decided(name)
    except NotAllowed:
        abort(404)
    _log.info("line decided", batch=name, line=int(line), word=word, staff=g.visitor.staff_id)
    return redirect(url_for("office.import_batch", name=name), 303)


def _waiting(batch: ImportBatch) -> Iterator[Waiting]:
    """Everybody of a file who waits, by their first line."""
    session, master = db.session(), house().master
    seen: set[bytes | None] = set()
    for row in rows_with(session, batch.id, "awaits"):
        if row.person in seen or row.original_sealed is None:
            continue
        seen.add(row.person)
        words = open_operational(master, ORIGINAL, row.original_sealed)
        yield Waiting(
            line=row.line,
            told=PastRow.of_words(row.line, words),
            likely=number_of(session, row.likely_id),
            likely_line=row.likely_line,
            why=row.likely_why,
            decision=row.decision,
        )
