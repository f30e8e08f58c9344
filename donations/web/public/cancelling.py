"""Ending a membership from the link in a receipt: no login, one page, one button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, render_template

from donations.giving.cancelling import cancel, find_membership, is_cancelled
from donations.kernel.cadence import Frequency
from donations.kernel.database import db
from donations.kernel.wording import money_text
from donations.web.house import house
from donations.web.public.ask_view import order_label
from donations.web.public.blueprint import page, page_path
from donations.web.public.reminder_source import WINBACK, Source
from donations.web.public.reminder_view import reminder_view
from donations.web.public.today import today

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.giving.models import Membership

PURPOSE: Final = "membership-cancel"


def cancel_url(public_id: str, language: str) -> str:
    """The whole address of the page that cancels a membership."""
    token = house().signer.sign_lasting(PURPOSE, public_id)
    return house().base_url + page_path(f"/support/cancel/{token}", language)


@page("/support/cancel/<token>", name="membership_cancel")
def show_cancelling(token: str) -> ResponseReturnValue:
    """What would end, and the button; looking changes nothing."""
    public_id = house().signer.read_lasting(PURPOSE, token)
    return _page(token, find_membership(db.session(), public_id))


@page("/support/cancel/<token>", name="membership_cancel", methods=("POST",))
def cancel_it(token: str) -> ResponseReturnValue:
    """End it."""
    public_id = house().signer.read_lasting(PURPOSE, token)
    return _page(token, cancel(db.session(), public_id, now=house().clock.now()))


def _page(token: str, membership: Membership) -> ResponseReturnValue:
    amount = money_text(membership.amount, g.language)
    page_text = render_template(
        "public/membership_cancel.html",
        action=page_path(f"/support/cancel/{token}"),
        label=order_label(Frequency(membership.frequency), amount),
        done=is_cancelled(membership),
        reminder=reminder_view(
            language=g.language,
            today=today(),
            source=Source("cancelling", WINBACK),
            currency=membership.amount.currency,
        ),
    )
    return page_text, 200, {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
