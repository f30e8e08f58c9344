"""Who issues receipts here, and how a PDF is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, current_app

from donations.kernel.errors import NotFound
from donations.receipts.issuer import ReceiptIssuer
from donations.receipts.issuing import Press
from donations.web.house import house

if TYPE_CHECKING:
    from donations.receipts.issuing import Paper

RECEIPT_ISSUER: Final = "receipt_issuer"
"""Where the application keeps its `ReceiptIssuer`; without one nothing is said of taxes."""
LARGEST_NUMBER: Final = 10**9
"""No receipt has a larger number; databases refuse far larger ones with an error."""


def receipt_issuer() -> ReceiptIssuer:
    """The legal person that thanks for gifts."""
    found = current_app.extensions.get(RECEIPT_ISSUER)
    return found if isinstance(found, ReceiptIssuer) else ReceiptIssuer.plain(house().newsroom)


def press() -> Press:
    """What issues receipts."""
    parts = house()
    return Press(parts.master, receipt_issuer(), parts.newsroom.zone)


def checked_number(number: int) -> int:
    """The number, if any receipt can have it.  Raises `NotFound`."""
    if number > LARGEST_NUMBER:
        raise NotFound
    return number


def receipt_answer(paper: Paper) -> Response:
    """A receipt as a file; one that does not stand says so in its name."""
    state = "" if paper.state.value == "issued" else f"-{paper.state.value}"
    return pdf_answer(paper.pdf, f"receipt-{paper.number}{state}.pdf")


def pdf_answer(pdf: bytes, name: str) -> Response:
    """A PDF to keep; nobody between us and the reader may."""
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
