"""The form a bank's file is imported with: what was sent is kept until it can be read."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING, Final

import structlog
from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from donations.kernel.database import begin_write, db
from donations.reconciliation.bank_files.lines import Unreadable
from donations.reconciliation.bank_files.reading import (
    LARGEST_FILE,
    is_spreadsheet,
    read_statement,
)
from donations.reconciliation.bank_files.sheets import Sheet, open_sheet
from donations.reconciliation.matching import match_lines
from donations.reconciliation.statements import import_statement
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.bank_words import unreadable
from donations.web.office.blueprint import page
from donations.web.office.column_form import ColumnForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.reconciliation.bank_files.reading import Statement

_LARGEST_REQUEST: Final = 15 * 1024 * 1024  # a file of the largest size, kept in the form
_log: Final = structlog.get_logger("donations.office")


@page(
    "/bank/import",
    needs=Permission.BANK_IMPORT,
    methods=("GET", "POST"),
    largest=_LARGEST_REQUEST,
)
def bank_import() -> ResponseReturnValue:
    """Ask for a file; take it in and match it, or say why not."""
    form = ColumnForm.of(request.form)
    if request.method == "GET":
        return _page(form)
    content = _sent()
    if content is None:
        return _page(form, problem=_("Choose the file your bank gave you.")), 422
    try:
        statement = read_statement(content, form.columns)
    except Unreadable as refusal:
        return _page(form, content, problem=unreadable(refusal)), 422
    return _taken(statement)


def _taken(statement: Statement) -> ResponseReturnValue:
    session, parts = begin_write(db.session()), house()
    now = parts.clock.now()
    taken = import_statement(session, parts.master, statement, by=g.visitor.login, now=now)
    found = match_lines(session, parts.master, now=now)
    session.commit()
    _log.info("bank file imported", added=taken.added, staff=g.visitor.staff_id)
    told = {"added": taken.added, "known": taken.known, "tied": len(found.tied)}
    return redirect(url_for("office.bank_list", **told), 303)  # type: ignore[arg-type]


def _page(form: ColumnForm, content: bytes | None = None, *, problem: str = "") -> str:
    sheet = _sheet(content)
    if sheet is not None:
        form = form.beside(sheet)
    return render_template(
        "office/bank_import.html",
        form=form,
        sheet=sheet,
        kept="" if sheet is None or content is None else _packed(content),
        problem=problem,
        currencies=house().newsroom.currencies,
    )


def _sheet(content: bytes | None) -> Sheet | None:
    """The file laid open to choose columns from, if it is a spreadsheet of a size we take."""
    if not content or len(content) > LARGEST_FILE or not is_spreadsheet(content):
        return None
    try:
        return open_sheet(content)
    except Unreadable:
        return None


def _sent() -> bytes | None:
    """The file sent now, else the one the form has kept from the time before."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        return sent.read(LARGEST_FILE + 1)
    kept = request.form.get("kept", "")
    return _unpacked(kept) if kept else None


def _packed(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content)).decode("ascii")


def _unpacked(kept: str) -> bytes:
    """What `_packed` made; a 400 page for anything else."""
    try:
        return zlib.decompressobj().decompress(
            base64.b64decode(kept, validate=True), LARGEST_FILE + 1
        )
    except (binascii.Error, zlib.error, ValueError):
        abort(400)
