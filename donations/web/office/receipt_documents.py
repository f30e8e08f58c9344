"""Receipts by number: the same file the supporter has, for whoever answers letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, url_for

from donations.kernel.database import db
from donations.receipts.issuing import versions
from donations.staff.roles import Permission
from donations.vault.sealed import Forgotten
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.queries import asked
from donations.web.receipt_press import (
    LARGEST_NUMBER,
    checked_number,
    press,
    receipt_answer,
    receipt_issuer,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_log: Final = structlog.get_logger("donations.office")


@page("/receipts", needs=Permission.IDENTITY)
def receipt_search() -> ResponseReturnValue:
    """The field for a receipt's number."""
    number = asked("number", _read_number)
    if number is not None:
        return redirect(url_for("office.receipt_page", number=number), 303)
    return render_template("office/receipt_search.html", issuer=receipt_issuer())


@page("/receipts/<int:number>", needs=Permission.IDENTITY)
def receipt_page(number: int) -> ResponseReturnValue:
    """What was issued under a number, version by version."""
    receipt, issued = versions(db.session(), checked_number(number))
    return render_template("office/receipt_versions.html", receipt=receipt, issued=issued)


@page("/receipts/<int:number>.pdf", needs=Permission.IDENTITY)
def receipt_download(number: int) -> ResponseReturnValue:
    """The receipt as it stands, or with `version` as it was issued then."""
    session, version = db.session(), asked("version", _read_number)
    checked_number(number)
    try:
        if version is None:
            paper = press().paper(session, number, now=house().clock.now())
        else:
            paper = press().earlier(session, number, version)
    except Forgotten:
        return render_template("office/receipt_gone.html", number=number), 410
    _log.info("receipt downloaded", receipt=number, version=paper.version, staff=g.visitor.staff_id)
    return receipt_answer(paper)


def _read_number(text: str) -> int:
    """A number as it stands on a receipt.  Raises `ValueError`."""
    if not (text.isascii() and text.isdigit()) or int(text) > LARGEST_NUMBER:
        message = "not a number"
        raise ValueError(message)
    return int(text)
