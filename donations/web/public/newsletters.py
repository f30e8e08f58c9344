"""The newsletter pages: see an issue, subscribe, confirm from the mailbox, leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, render_template

from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.newsletters.confirming import confirm
from donations.newsletters.leaving import leave_all, unsubscribe
from donations.newsletters.links import LEAVING_ALL
from donations.newsletters.subscribing import (
    Request,
    ask,
    find_subscription,
    find_subscriptions,
)
from donations.web.house import house
from donations.web.public.blueprint import page, page_path
from donations.web.public.newsletter_form import NewsletterForm
from donations.web.public.newsletter_offers import names_of, offered, one_offered
from donations.web.public.newsletter_view import (
    NewsletterView,
    consent_sentence,
    mail_cautions,
    newsletter_view,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.newsletters.models import Subscription

_UNCACHED: Final = {"Cache-Control": "no-store"}


@page("/newsletter", name="newsletter")
def show_newsletter() -> ResponseReturnValue:
    """Every newsletter, what it is and how often, and the form."""
    return _form_page(newsletter_view(language=g.language, offered=offered(db.session())))


@page("/newsletter", name="newsletter", methods=("POST",))
def subscribe() -> ResponseReturnValue:
    """Ask for newsletters; the answer is the same whether or not the address is known."""
    shelf = offered(db.session())
    form = NewsletterForm(offer.slug for offer in shelf)
    if not form.validate():
        view = newsletter_view(
            language=g.language,
            offered=shelf,
            placement=form.from_where,
            ticked=form.chosen,
            email=form.email.data or "",
            consent=form.agreed,
            errors=form.first_errors(),
        )
        return _form_page(view), 422, _UNCACHED
    wanted = Request(
        form.chosen, form.email.address, g.language, consent_sentence(), form.from_where
    )
    ask(db.session(), house().master, wanted, now=house().clock.now())
    return render_template("public/newsletter_pending.html"), 200, _UNCACHED


@page("/newsletter/preview", name="newsletter_preview")
def show_first_issue() -> ResponseReturnValue:
    """A sample issue of the first newsletter, to be seen before giving an address."""
    return _issue_page(offered(db.session())[0].slug)


@page("/newsletter/preview/<slug>", name="newsletter_preview_of")
def show_issue(slug: str) -> ResponseReturnValue:
    """A sample issue of one newsletter."""
    return _issue_page(slug)


@page("/newsletter/confirm/<token>", name="newsletter_confirm")
def show_confirming(token: str) -> ResponseReturnValue:
    """Ask for one click: mail programs open links by themselves, so looking changes nothing."""
    found = find_subscriptions(db.session(), house().newsletter_links.to_confirm(token))
    pending = [subscription for subscription in found if subscription.state == "pending"]
    held = [subscription for subscription in found if subscription.state == "confirmed"]
    if not pending and not held:
        raise NotFound
    return _confirm_page(token, pending or held, done=not pending)


@page("/newsletter/confirm/<token>", name="newsletter_confirm", methods=("POST",))
def confirm_all(token: str) -> ResponseReturnValue:
    """Confirm everything the letter asked about."""
    public_ids = house().newsletter_links.to_confirm(token)
    confirm(db.session(), public_ids, house().clock.now())
    found = find_subscriptions(db.session(), public_ids)
    held = [subscription for subscription in found if subscription.state == "confirmed"]
    return _confirm_page(token, held, done=True)


@page("/newsletter/unsubscribe/<token>", name="newsletter_unsubscribe")
def show_leaving(token: str) -> ResponseReturnValue:
    """Ask for one click, as above."""
    found = find_subscriptions(db.session(), house().newsletter_links.to_leave(token))
    live = [each for each in found if each.state != "unsubscribed"]
    return _leave_page("unsubscribe", token, _slugs(live or found), done=not live)


@page("/newsletter/unsubscribe/<token>", name="newsletter_unsubscribe", methods=("POST",))
def leave(token: str) -> ResponseReturnValue:
    """End subscriptions: pressed by a reader, or by a mail program on one (RFC 8058)."""
    public_ids = house().newsletter_links.to_leave(token)
    unsubscribe(db.session(), public_ids, house().clock.now())
    found = find_subscriptions(db.session(), public_ids)
    return _leave_page("unsubscribe", token, _slugs(found), done=True)


@page("/newsletter/leave-all/<token>", name="newsletter_leave_all")
def show_leaving_all(token: str) -> ResponseReturnValue:
    """Ask for one click, as above."""
    find_subscription(db.session(), house().signer.read_lasting(LEAVING_ALL, token))
    return _leave_page("leave-all", token, (), done=False)


@page("/newsletter/leave-all/<token>", name="newsletter_leave_all", methods=("POST",))
def leave_everything(token: str) -> ResponseReturnValue:
    """End everything of one reader, likewise (RFC 8058)."""
    public_id = house().signer.read_lasting(LEAVING_ALL, token)
    leave_all(db.session(), public_id, house().clock.now())
    return _leave_page("leave-all", token, (), done=True)


def _form_page(view: NewsletterView) -> str:
    cautions = mail_cautions(house().newsroom, g.language)
    audience = house().audience
    return render_template(
        "public/newsletter.html",
        newsletter=view,
        warning=cautions,
        service=None if audience is None else audience.service,
    )


def _issue_page(slug: str) -> str:
    offer = one_offered(db.session(), slug)
    return render_template("public/newsletter_preview.html", issue=offer.issue)


def _confirm_page(token: str, found: list[Subscription], *, done: bool) -> ResponseReturnValue:
    choices = house().newsletter_links.choices_path(found[0].public_id)
    page_text = render_template(
        "public/newsletter_confirm.html",
        action=page_path(f"/newsletter/confirm/{token}"),
        names=names_of(db.session(), g.language, _slugs(found)),
        choices_url=page_path(choices),
        done=done,
    )
    return page_text, 200, _UNCACHED


def _leave_page(
    what: str, token: str, slugs: tuple[str, ...], *, done: bool
) -> ResponseReturnValue:
    page_text = render_template(
        "public/newsletter_unsubscribe.html",
        action=page_path(f"/newsletter/{what}/{token}"),
        names=names_of(db.session(), g.language, slugs),
        done=done,
    )
    return page_text, 200, _UNCACHED


def _slugs(found: list[Subscription]) -> tuple[str, ...]:
    return tuple(subscription.newsletter for subscription in found)
