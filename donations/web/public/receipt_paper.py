"""A receipt as a PDF, by the link of its letter: one receipt, for a year, and nothing else.

Looking makes nothing, because a paper is frozen when it is first made; the button makes it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask import render_template

from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.vault.sealed import Forgotten
from donations.web.house import house
from donations.web.public.blueprint import page, page_path
from donations.web.receipt_press import checked_number, press, receipt_answer

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

PURPOSE: Final = "receipt paper"
RULE: Final = "/support/receipt"
_LASTS: Final = timedelta(days=366)
_HEADERS: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@page(f"{RULE}/<token>", name="receipt_paper")
def show_receipt_paper(token: str) -> ResponseReturnValue:
    """The button; looking changes nothing."""
    return _page(token, _number(token))


@page(f"{RULE}/<token>", name="receipt_paper", methods=("POST",))
def receipt_paper(token: str) -> ResponseReturnValue:
    """The PDF, the same bytes each time."""
    number = _number(token)
    try:
        return receipt_answer(press().paper(db.session(), number, now=house().clock.now()))
    except Forgotten:
        return _page(token, number, gone=True)


def _number(token: str) -> int:
    named = house().signer.read(PURPOSE, token, max_age=_LASTS)
    if not (named.isascii() and named.isdigit()):
        raise NotFound
    return checked_number(int(named))


def _page(token: str, number: int, *, gone: bool = False) -> ResponseReturnValue:
    page_text = render_template(
        "public/receipt_paper.html", here=page_path(f"{RULE}/{token}"), number=number, gone=gone
    )
    return page_text, 410 if gone else 200, _HEADERS
