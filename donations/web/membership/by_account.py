"""The same pages from the account, for whoever is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request
from sqlalchemy import select

from donations.giving.models import Membership
from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.self_service.actions import Action
from donations.web.account.blueprint import account_path, page
from donations.web.account.form_token import form_token
from donations.web.membership.acting import act, show
from donations.web.membership.admission import Admission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_RULE = "/memberships/<public_id>/<action>"


@page(_RULE)
def membership_action(public_id: str, action: str) -> ResponseReturnValue:
    """What would be done; looking changes nothing."""
    return show(_admitted(public_id, action))


@page(_RULE, methods=("POST",))
def membership_action_now(public_id: str, action: str) -> ResponseReturnValue:
    """Do it."""
    return act(_admitted(public_id, action), request.form)


def _admitted(public_id: str, action: str) -> Admission:
    """Raises `NotFound` alike for no such membership, another's, and no such action."""
    mine = select(Membership.id).where(
        Membership.public_id == public_id, Membership.supporter_id == g.supporter.id
    )
    if db.session().scalar(mine) is None or action not in set(Action):
        raise NotFound

    def elsewhere(other: Action) -> str:
        return account_path(f"/memberships/{public_id}/{other}")

    kind = Action(action)
    return Admission(
        kind, public_id, "account", elsewhere(kind), elsewhere, account_path(), form_token()
    )
