"""Gift Aid: a declaration made or withdrawn, where the newsroom is a UK charity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import abort, g, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from donations.kernel.database import db
from donations.kernel.errors import FieldRefused
from donations.kernel.wording import day_text
from donations.receipts.declaration_words import sentences, wording
from donations.receipts.declaring import declare, person_of, standing, withdraw
from donations.receipts.gift_aid_person import ABROAD, LONGEST, read_person
from donations.web.account.blueprint import account_path, page
from donations.web.house import house
from donations.web.receipt_press import receipt_issuer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from donations.receipts.gift_aid_person import Person
    from donations.receipts.issuer import ReceiptIssuer

_SENTENCES: Final = {
    "empty": lazy_gettext("Please fill this in."),
    "too_long": lazy_gettext("This is too long for the tax office: at most %(most)s characters."),
    "not_a_postcode": lazy_gettext("Enter a UK postcode, like SW1A 1AA."),
    "not_agreed": lazy_gettext("Tick this to make the declaration."),
}
_LABELS: Final = (
    ("title", lazy_gettext("Title, if you use one"), "honorific-prefix"),
    ("first_name", lazy_gettext("First name"), "given-name"),
    ("last_name", lazy_gettext("Last name"), "family-name"),
    ("house", lazy_gettext("House name or number"), "address-line1"),
    ("address", lazy_gettext("Street and town"), "address-line2"),
    ("postcode", lazy_gettext("Postcode"), "postal-code"),
)


@page("/gift-aid")
def show_gift_aid() -> ResponseReturnValue:
    """The declaration in force, or the form to make one."""
    return _page(_charity())


@page("/gift-aid", methods=("POST",))
def declare_gift_aid() -> ResponseReturnValue:
    """Make a declaration in place of the one before."""
    issuer, parts = _charity(), house()
    past = "past" in request.form
    try:
        person = _declarer()
    except FieldRefused as refused:
        said = str(_SENTENCES[refused.reason]) % refused.facts
        return _page(issuer, {refused.field: said}), 422
    declare(
        db.session(),
        parts.master,
        g.supporter.id,
        person,
        past=past,
        wording=wording(issuer, g.language, past=past),
        zone=parts.newsroom.zone,
        now=parts.clock.now(),
    )
    return redirect(account_path("/gift-aid", done="1"), 303)


@page("/gift-aid/withdraw", methods=("POST",))
def withdraw_gift_aid() -> ResponseReturnValue:
    """Cover no later gift."""
    _charity()
    withdraw(db.session(), g.supporter.id, now=house().clock.now())
    return redirect(account_path("/gift-aid", done="1"), 303)


def _declarer() -> Person:
    """Who declares.  Raises `FieldRefused`, also where nothing is agreed to."""
    person = read_person(request.form, abroad="abroad" in request.form)
    if "agreed" not in request.form:
        raise FieldRefused("agreed", "not_agreed")
    return person


def _charity() -> ReceiptIssuer:
    """The charity that claims Gift Aid; elsewhere there is no such page."""
    issuer = receipt_issuer()
    if not issuer.claims_gift_aid:
        abort(404)
    return issuer


def _page(issuer: ReceiptIssuer, errors: Mapping[str, str] | None = None) -> str:
    session, parts = db.session(), house()
    current = standing(session, g.supporter.id)
    person = None if current is None else person_of(session, parts.master, current)
    typed: Mapping[str, str] = request.form
    if errors is None:
        known = {} if person is None else person.model_dump()
        abroad = known.get("postcode") == ABROAD
        typed = {**known, **({"abroad": "1", "postcode": ""} if abroad else {})}
    return render_template(
        "account/receipt_gift_aid.html",
        charity=issuer.legal_name,
        done=request.args.get("done") == "1",
        declared_on=None if current is None else _day(current.made_at),
        covers_from=None if current is None else _day(current.covers_from),
        said=() if current is None else (current.wording,),
        person=person,
        future=sentences(issuer, g.language, past=False),
        both=sentences(issuer, g.language, past=True)[0],
        labels=_LABELS,
        longest=LONGEST,
        typed=typed,
        errors=errors or {},
        abroad_word=_("I live outside the United Kingdom"),
    )


def _day(moment: datetime) -> str:
    return day_text(moment.astimezone(house().newsroom.zone).date(), g.language)
