"""Gift memberships and groups: how each stands, and the buyer's link once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext

from donations.entitlements.gift_listing import gift_memberships, groups, write_again
from donations.entitlements.gift_states import REDEEMABLE, GiftState
from donations.kernel.database import db
from donations.kernel.errors import NotAllowed
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.queries import asked

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_log: Final = structlog.get_logger("donations.office")
STATES: Final = {
    GiftState.ORDERED.value: lazy_gettext("Ordered, not paid"),
    GiftState.PAID.value: lazy_gettext("Paid, waits"),
    GiftState.SENT.value: lazy_gettext("Sent to its recipient"),
    GiftState.REDEEMED.value: lazy_gettext("Redeemed, runs"),
    GiftState.ENDED.value: lazy_gettext("Its year is over"),
    GiftState.CONVERTED.value: lazy_gettext("Became a membership"),
    GiftState.EXPIRED.value: lazy_gettext("Not redeemed in time"),
    GiftState.REFUNDED.value: lazy_gettext("The money went back"),
}


@page("/gift-memberships", needs=Permission.GIFT)
def gift_membership_list() -> ResponseReturnValue:
    """Gift memberships, the newest first, and every living group."""
    return _page(done=request.args.get("done") == "1")


@page("/gift-memberships/<public_id>/write", needs=Permission.IDENTITY, methods=("POST",))
def gift_membership_write(public_id: str) -> ResponseReturnValue:
    """Send the buyer their link again."""
    try:
        write_again(db.session(), public_id, now=house().clock.now())
    except NotAllowed:
        db.session().rollback()
        return _page(refused=True), 409
    _log.info("gift link sent again", gift=public_id, staff=g.visitor.staff_id)
    return redirect(url_for("office.gift_membership_list", done="1"), 303)


def _page(*, done: bool = False, refused: bool = False) -> str:
    state = asked("state", GiftState)
    session = db.session()
    return render_template(
        "office/gift_memberships.html",
        found=gift_memberships(session, state, after=asked("after", int)),
        groups=groups(session),
        states=tuple(STATES),
        chosen=None if state is None else state.value,
        redeemable=REDEEMABLE,
        query={} if state is None else {"state": state.value},
        done=done,
        refused=refused,
        GIFT_STATES=STATES,
    )
