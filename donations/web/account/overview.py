"""The account's first page: what I give, when it is taken next, what I can change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template
from flask_babel import gettext as _

from donations.giving.holdings import latest_gift, memberships_of
from donations.giving.states import MembershipState
from donations.kernel.cadence import Frequency
from donations.kernel.database import db
from donations.kernel.wording import day_text, money_text
from donations.self_service.actions import describe
from donations.supporters.directory import identity
from donations.web.account.blueprint import account_path, page
from donations.web.account.failure_words import failure_sentence
from donations.web.account.standing_words import MembershipView, membership_view
from donations.web.house import house
from donations.web.public.ask_words import give_label
from donations.web.public.frame import page_url

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.giving.models import Gift, Membership


@page("")
def show_overview() -> ResponseReturnValue:
    """Everything at a glance."""
    session, parts = db.session(), house()
    views = [_view(each) for each in memberships_of(session, g.supporter.id)]
    gift = latest_gift(session, g.supporter.id)
    return render_template(
        "account/overview.html",
        name=identity(session, parts.master, g.supporter).name,
        memberships=[view for view in views if not view.ended],
        former=[view for view in views if view.ended],
        last=None if gift is None else _last(gift),
        again=None if gift is None else _again(gift),
    )


def _view(membership: Membership) -> MembershipView:
    parts = house()
    behind = membership.state == MembershipState.PAST_DUE
    return membership_view(
        describe(db.session(), membership, now=parts.clock.now()),
        language=g.language,
        zone=parts.newsroom.zone,
        ended_at=membership.ended_at,
        failed=failure_sentence(membership.last_failure_code) if behind else "",
    )


def _last(gift: Gift) -> dict[str, str]:
    day = gift.received_at.astimezone(house().newsroom.zone).date()
    return {
        "amount": money_text(gift.amount, g.language),
        "day": day_text(day, g.language),
        "url": account_path("/history"),
    }


def _again(gift: Gift) -> dict[str, str]:
    """The way to give once more: the last amount, if we take its currency, chosen already."""
    once, amount = Frequency.ONCE, gift.amount
    if amount.currency not in house().price_list.currencies:
        return {"label": _("Give once"), "url": page_url("support", frequency=once.value)}
    url = page_url("support", frequency=once.value, amount=amount.minor, currency=amount.currency)
    return {"label": give_label(once, money_text(amount, g.language)), "url": url}
