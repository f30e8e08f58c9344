"""One batch of offline gifts: entering its items, closing it, and taking a gift of it back.

Names and addresses are shown to those who enter them, while the batch is open, and to nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, url_for

from donations.giving.funds import every_fund, open_funds
from donations.giving.offline import METHODS, discard_batch, expect_otherwise
from donations.giving.offline_closing import close_batch, take_back
from donations.giving.offline_items import (
    add_item,
    correct_item,
    givers,
    item_named,
    remove_item,
)
from donations.kernel.database import db
from donations.kernel.errors import FieldRefused
from donations.reports.offline import batch
from donations.staff.roles import Permission, may
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.offline_forms import BatchForm, ItemForm, TakeBackForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from donations.web.office.entry_form import EntryForm

_log: Final = structlog.get_logger("donations.office")
_ENTER: Final = Permission.OFFLINE_ENTER


@page("/offline/<public_id>", needs=Permission.OFFLINE)
def offline_batch(public_id: str) -> ResponseReturnValue:
    """One batch with its items against what was expected."""
    return _page(public_id)


@page("/offline/<public_id>/items", needs=_ENTER, methods=("POST",))
def offline_add(public_id: str) -> ResponseReturnValue:
    """Add a gift to the batch."""
    row, _items = batch(db.session(), public_id)
    form = ItemForm()
    given = form.given(row.currency)
    if given is None:
        return _page(public_id, form), 422
    return _done(public_id, form, lambda: add_item(db.session(), house().master, public_id, given))


@page("/offline/<public_id>/items/<int:item>", needs=_ENTER, methods=("GET", "POST"))
def offline_item(public_id: str, item: int) -> ResponseReturnValue:
    """Correct a gift of an open batch."""
    row, _items = batch(db.session(), public_id)
    entered, who = item_named(db.session(), house().master, public_id, item)
    form = ItemForm()
    if not form.is_submitted():
        return _page(public_id, ItemForm.of(entered, row.currency, who), correcting=item)
    given = form.given(row.currency)
    if given is None:
        return _page(public_id, form, correcting=item), 422
    return _done(
        public_id,
        form,
        lambda: correct_item(db.session(), house().master, public_id, item, given),
        correcting=item,
    )


@page("/offline/<public_id>/items/<int:item>/remove", needs=_ENTER, methods=("POST",))
def offline_remove(public_id: str, item: int) -> ResponseReturnValue:
    """Take a gift out of an open batch."""
    form = ItemForm(formdata=None)
    return _done(public_id, form, lambda: remove_item(db.session(), public_id, item))


@page("/offline/<public_id>/expected", needs=_ENTER, methods=("POST",))
def offline_expect(public_id: str) -> ResponseReturnValue:
    """Correct what an open batch expects."""
    row, _items = batch(db.session(), public_id)
    form, now = BatchForm(), house().clock.now()
    expected = form.expected(row.currency)
    if expected is None:
        return _page(public_id, form), 422
    return _done(
        public_id, form, lambda: expect_otherwise(db.session(), public_id, expected, now=now)
    )


@page("/offline/<public_id>/close", needs=_ENTER, methods=("POST",))
def offline_close(public_id: str) -> ResponseReturnValue:
    """Close the batch: its items become gifts with receipts, and are booked."""
    by, now, form = g.visitor.login, house().clock.now(), ItemForm(formdata=None)
    return _done(
        public_id,
        form,
        lambda: close_batch(db.session(), house().master, public_id, by=by, now=now),
    )


@page("/offline/<public_id>/discard", needs=_ENTER, methods=("POST",))
def offline_discard(public_id: str) -> ResponseReturnValue:
    """Remove an open batch that has no item."""
    try:
        discard_batch(db.session(), public_id)
    except FieldRefused as refused:
        form = ItemForm(formdata=None)
        form.refuse(refused)
        return _page(public_id, form), 422
    _log.info("batch discarded", batch=public_id, staff=g.visitor.staff_id)
    return redirect(url_for("office.offline_list"), 303)


@page("/offline/<public_id>/take-back", needs=_ENTER, methods=("POST",))
def offline_take_back(public_id: str) -> ResponseReturnValue:
    """Reverse the entry of one gift of a closed batch."""
    _row, items = batch(db.session(), public_id)
    form, by, now = TakeBackForm(), g.visitor.login, house().clock.now()
    gift = form.read("gift", lambda text: _one_of(text, {item.gift or "" for item in items}))
    if gift is None:
        return _page(public_id, form), 422
    memo = form.memo.data or ""
    return _done(public_id, form, lambda: take_back(db.session(), gift, memo=memo, by=by, now=now))


def _one_of(text: str, gifts: set[str]) -> str:
    if not text or text not in gifts:
        raise FieldRefused("gift", "unknown")
    return text


def _done(
    public_id: str, form: EntryForm, deed: Callable[[], object], *, correcting: int | None = None
) -> ResponseReturnValue:
    """Do it and show the batch again, or say at the form's fields why not."""
    try:
        deed()
    except FieldRefused as refused:
        form.refuse(refused)
        return _page(public_id, form, correcting=correcting), 422
    _log.info("batch changed", batch=public_id, staff=g.visitor.staff_id)
    return redirect(url_for("office.offline_batch", public_id=public_id), 303)


def _page(public_id: str, sent: EntryForm | None = None, *, correcting: int | None = None) -> str:
    """The page; `sent` stands in the place of the form of its kind."""
    row, items = batch(db.session(), public_id)
    entering = row.closed_at is None and may(g.visitor.role, _ENTER)
    usual = {"language": house().newsroom.languages[0]}
    return render_template(
        "office/offline_batch.html",
        batch=row,
        items=items,
        who=givers(db.session(), house().master, public_id) if entering else {},
        problem=sent.problem if sent else "",
        item_form=sent if isinstance(sent, ItemForm) else ItemForm(formdata=None, data=usual),
        batch_form=sent if isinstance(sent, BatchForm) else BatchForm.of(row),
        back_form=sent if isinstance(sent, TakeBackForm) else TakeBackForm(formdata=None),
        correcting=correcting,
        funds=open_funds(db.session()),
        fund_names={fund.code: fund.name for fund in every_fund(db.session())},
        methods=METHODS,
        languages=house().newsroom.languages,
    )
