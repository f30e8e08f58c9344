"""Offline gifts: the batches, and opening one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, url_for

from donations.giving.offline import METHODS, open_batch
from donations.kernel.database import db
from donations.kernel.errors import FieldRefused
from donations.ledger.books import books_zone
from donations.reports.offline import batches
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.offline_forms import BatchForm
from donations.web.office.queries import asked

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_log: Final = structlog.get_logger("donations.office")


@page("/offline", needs=Permission.OFFLINE)
def offline_list() -> ResponseReturnValue:
    """The batches, open ones first, and the form that opens one."""
    today = house().clock.now().astimezone(books_zone(db.session())).date()
    return _list(BatchForm(formdata=None, data={"banked_on": today.isoformat()}))


@page("/offline", needs=Permission.OFFLINE_ENTER, methods=("POST",))
def offline_open() -> ResponseReturnValue:
    """Open a batch."""
    form = BatchForm()
    expected = form.expected()
    if expected is None:
        return _list(form), 422
    try:
        opened = open_batch(
            db.session(), expected, by=g.visitor.login, now=house().clock.now()
        ).public_id
    except FieldRefused as refused:
        form.refuse(refused)
        return _list(form), 422
    _log.info("batch opened", batch=opened, staff=g.visitor.staff_id)
    return redirect(url_for("office.offline_batch", public_id=opened), 303)


def _list(form: BatchForm) -> str:
    return render_template(
        "office/offline.html",
        found=batches(db.session(), after=asked("after", str)),
        form=form,
        methods=METHODS,
        currencies=house().newsroom.currencies,
    )
