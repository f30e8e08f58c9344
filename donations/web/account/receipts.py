"""A supporter's papers: receipts, statements of a year, and whether they name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import abort, g, redirect, render_template, request
from flask_babel import gettext as _

from donations.giving.holdings import gifts_of, own_receipt
from donations.kernel.database import db
from donations.kernel.wording import month_text
from donations.receipts.annual import statement_of, years_of
from donations.receipts.fiscal_year import FiscalYear
from donations.receipts.naming import choose_name, is_named
from donations.receipts.statement_words import statement_pdf
from donations.supporters.directory import identity
from donations.vault.sealed import Forgotten
from donations.web.account.blueprint import account_path, page
from donations.web.house import house
from donations.web.receipt_press import (
    checked_number,
    pdf_answer,
    press,
    receipt_answer,
    receipt_issuer,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_MONTHS: Final = range(1, 13)
_UK_TAX_YEAR: Final = "4-6"


@page("/receipts")
def show_receipts() -> ResponseReturnValue:
    """The years there is a statement of, and whether receipts name their giver."""
    session, parts = db.session(), house()
    begins = request.args.get("begins") or _usual_beginning()
    try:
        years = years_of(gifts_of(session, g.supporter.id), parts.newsroom.zone, begins)
    except ValueError:
        abort(404)
    issuer = receipt_issuer()
    return render_template(
        "account/receipts.html",
        years=years,
        begins=begins,
        beginnings=_beginnings(),
        statement_url=lambda year: account_path(
            "/statement.pdf", year=str(year.first_on.year), begins=begins
        ),
        name=identity(session, parts.master, g.supporter).name,
        named=is_named(session, g.supporter.id, issuer),
        gift_aid=issuer.claims_gift_aid,
    )


@page("/receipts", methods=("POST",))
def keep_receipt_name() -> ResponseReturnValue:
    """Name them on receipts still to be made, or not."""
    named = request.form.get("naming") == "named"
    choose_name(db.session(), g.supporter.id, named=named)
    return redirect(account_path("/receipts"), 303)


@page("/receipts/<int:number>")
@page("/receipts/<int:number>.pdf")
def receipt_pdf(number: int) -> ResponseReturnValue:
    """A receipt of one's own; the same file whenever it is asked for."""
    session = db.session()
    own_receipt(session, g.supporter.id, checked_number(number))
    try:
        paper = press().paper(session, number, now=house().clock.now())
    except Forgotten:
        return render_template("account/receipt_gone.html", number=number), 410
    return receipt_answer(paper)


@page("/statement")
@page("/statement.pdf")
def annual_statement() -> ResponseReturnValue:
    """The statement of a fiscal year, whenever it begins."""
    parts = house()
    begins = request.args.get("begins") or _usual_beginning()
    try:
        year = FiscalYear.parse(request.args.get("year", ""), begins)
    except ValueError:
        abort(404)
    statement = statement_of(
        db.session(),
        parts.master,
        receipt_issuer(),
        g.supporter,
        year,
        zone=parts.newsroom.zone,
        now=parts.clock.now(),
    )
    return pdf_answer(statement_pdf(statement), f"statement-{year.first_on}-{year.last_on}.pdf")


def _usual_beginning() -> str:
    """The year most people here think in: the UK's tax year, or the newsroom's fiscal one."""
    if receipt_issuer().claims_gift_aid:
        return _UK_TAX_YEAR
    return str(house().newsroom.fiscal_year_start)


def _beginnings() -> list[tuple[str, str]]:
    """What a year may begin with, and how that is said."""
    first = house().clock.now().date().replace(day=1)
    months = [(str(one), month_text(first.replace(month=one), g.language)) for one in _MONTHS]
    if receipt_issuer().claims_gift_aid:
        return [(_UK_TAX_YEAR, _("6 April, the UK tax year")), *months]
    return months
