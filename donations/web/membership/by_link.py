"""The pages behind the links of letters: no login, one purpose, one button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, request

from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.self_service.actions import Action
from donations.self_service.new_links import ask_for_link
from donations.web.house import house
from donations.web.membership.acting import act, show
from donations.web.membership.admission import Admission
from donations.web.public.blueprint import page, page_path

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_RULE = "/support/act/<action>/<token>"
_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@page(_RULE, name="membership_act")
def show_by_link(action: str, token: str) -> ResponseReturnValue:
    """What the link would do; looking changes nothing."""
    admission = _admitted(action, token)
    return _over(action, token) if admission is None else show(admission)


@page(_RULE, name="membership_act", methods=("POST",))
def act_by_link(action: str, token: str) -> ResponseReturnValue:
    """Do it; or send a new link, when this one is over."""
    admission = _admitted(action, token)
    if admission is not None:
        return act(admission, request.form)
    ask_for_link(db.session(), _kind(action), _named_once(action, token), now=house().clock.now())
    return _over(action, token, sent=True)


def admission_by_link(action: Action, public_id: str, here: str) -> Admission:
    """The admission of somebody whose link names the membership."""

    def elsewhere(other: Action) -> str:
        url = house().action_links.url(other, public_id, g.language)
        return url.removeprefix(house().base_url)

    return Admission(action, public_id, "link", here, elsewhere)


def _admitted(action: str, token: str) -> Admission | None:
    """The admission; None when the link is over.  Raises `NotFound` for one that never was."""
    kind = _kind(action)
    try:
        public_id = house().action_links.read(kind, token)
    except NotFound:
        _named_once(action, token)
        return None
    return admission_by_link(kind, public_id, page_path(f"/support/act/{kind}/{token}"))


def _kind(action: str) -> Action:
    try:
        return Action(action)
    except ValueError as error:
        raise NotFound from error


def _named_once(action: str, token: str) -> str:
    return house().action_links.read_over(_kind(action), token)


def _over(action: str, token: str, *, sent: bool = False) -> ResponseReturnValue:
    here = page_path(f"/support/act/{action}/{token}")
    page_text = render_template("membership/over.html", here=here, sent=sent)
    return page_text, 200 if sent else 410, _HEADERS
