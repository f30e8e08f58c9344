"""Every action's page: it says what would happen, asks, and says what was asked.

Looking changes nothing, because mail programs open links by themselves; one button acts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, redirect, render_template

from donations.kernel.database import db
from donations.kernel.errors import BadAmount, FieldRefused, NotAllowed, NotFound
from donations.self_service.actions import Action, Standing, standing_of
from donations.self_service.card import bill_page, card_page, promise_new_card
from donations.stripe_gateway.errors import StripeRefused, StripeUnavailable
from donations.vault.sealed import Forgotten
from donations.web.house import house
from donations.web.membership.asked import LATER, Refused, ask
from donations.web.membership.views import PageView, page_view
from donations.web.public.reminder_source import WINBACK, Source
from donations.web.public.reminder_view import reminder_view
from donations.web.public.today import today

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask.typing import ResponseReturnValue

    from donations.web.membership.admission import Admission

_HEADERS: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_BACK: Final = "back"


def show(admission: Admission) -> ResponseReturnValue:
    """The page that asks; raises `NotFound`."""
    standing = _standing(admission)
    if admission.action not in standing.allowed:
        return _not_now(admission, standing)
    return _asking(page_view(admission, standing))


def act(admission: Admission, form: Mapping[str, str]) -> ResponseReturnValue:
    """Do what the form asks for, once; a form that is wrong comes back as it was typed."""
    standing = _standing(admission)
    if admission.action is Action.CARD:
        return _card(admission, standing, form)
    if admission.action is Action.PAY:
        return _pay(admission, standing)
    try:
        after = ask(admission, standing, form)
    except Refused as refused:
        view = page_view(admission, standing, typed=form, errors=refused.errors)
        return _asking(view, status=422)
    except (BadAmount, FieldRefused, NotAllowed):
        return _not_now(admission, _standing(admission))
    ended = admission.action is Action.CANCEL and form.get("when") != LATER
    return _ended(admission, after) if ended else _done(admission, standing, after)


def _standing(admission: Admission) -> Standing:
    return standing_of(db.session(), admission.public_id, now=house().clock.now())


def _asking(view: PageView, status: int = 200) -> ResponseReturnValue:
    name = f"membership/{view.action}.html"
    return render_template(name, view=view), status, _HEADERS


def _not_now(admission: Admission, standing: Standing) -> ResponseReturnValue:
    if admission.action is Action.CANCEL:
        return _ended(admission, standing)
    view = page_view(admission, standing)
    return render_template("membership/not_now.html", view=view), 409, _HEADERS


def _done(admission: Admission, before: Standing, after: Standing) -> ResponseReturnValue:
    view = page_view(admission, after, before=before)
    return render_template("membership/done.html", view=view), 200, _HEADERS


def _ended(admission: Admission, after: Standing) -> ResponseReturnValue:
    from donations.web.membership.leaving import why_url  # noqa: PLC0415

    page_text = render_template(
        "membership/ended.html",
        view=page_view(admission, after),
        why=why_url(admission.public_id, g.language),
        reminder=reminder_view(
            language=g.language,
            today=today(),
            source=Source("cancelling", WINBACK),
            currency=after.amount.currency,
        ),
    )
    return page_text, 200, _HEADERS


def _card(admission: Admission, standing: Standing, form: Mapping[str, str]) -> ResponseReturnValue:
    """Off to Stripe's page; and, come back from it, promise to take what was put in there."""
    parts, session = house(), db.session()
    if form.get(_BACK):
        cause = parts.clock.now().isoformat(timespec="minutes")
        promise_new_card(session, admission.public_id, cause=cause, now=parts.clock.now())
        view = page_view(admission, _standing(admission))
        return render_template("membership/done.html", view=view), 200, _HEADERS
    if Action.CARD not in standing.allowed:
        return _not_now(admission, standing)
    return _to_stripe(
        admission,
        standing,
        lambda: card_page(
            session,
            parts.gateway,
            parts.master,
            admission.public_id,
            return_url=f"{parts.base_url}{admission.here}?{_BACK}=1",
            language=g.language,
        ),
    )


def _pay(admission: Admission, standing: Standing) -> ResponseReturnValue:
    """Off to Stripe's page of the bill; one that was paid meanwhile has none."""
    if Action.PAY not in standing.allowed:
        return _not_now(admission, standing)
    parts, session = house(), db.session()
    return _to_stripe(
        admission,
        standing,
        lambda: bill_page(session, parts.gateway, parts.master, admission.public_id),
    )


def _to_stripe(
    admission: Admission, standing: Standing, page: Callable[[], str | None]
) -> ResponseReturnValue:
    try:
        address = page()
    except (StripeUnavailable, StripeRefused):
        view = page_view(admission, standing, errors={"card": "unavailable"})
        return _asking(view, status=503)
    except (Forgotten, NotFound) as error:
        raise NotFound from error
    return redirect(address, 303) if address else _not_now(admission, standing)
