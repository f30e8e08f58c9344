"""The newsletter pages: see an issue, subscribe, confirm from the mailbox, leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import g, render_template

from donations.appeals.editions import current_edition
from donations.kernel.database import db
from donations.newsletters.confirming import CONFIRM_WITHIN, CONFIRMING, LEAVING
from donations.newsletters.subscribing import (
    Request,
    ask,
    confirm,
    find_subscription,
    unsubscribe,
)
from donations.web.house import house
from donations.web.public.blueprint import page, page_path
from donations.web.public.newsletter_form import NewsletterForm
from donations.web.public.newsletter_view import consent_sentence, newsletter_view

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_UNCACHED: Final = {"Cache-Control": "no-store"}


@page("/newsletter", name="newsletter")
def show_newsletter() -> ResponseReturnValue:
    """The form on a page of its own."""
    view = newsletter_view(language=g.language, content=_content("newsletter"))
    return render_template("public/newsletter.html", newsletter=view)


@page("/newsletter", name="newsletter", methods=("POST",))
def subscribe() -> ResponseReturnValue:
    """Ask for the newsletter; the answer is the same whether or not the address is known."""
    form, content = NewsletterForm(), _content("newsletter")
    if not form.validate():
        view = newsletter_view(
            language=g.language,
            content=content,
            email=form.email.data or "",
            consent=form.agreed,
            errors=form.first_errors(),
        )
        return render_template("public/newsletter.html", newsletter=view), 422, _UNCACHED
    wanted = Request(content["slug"], form.email.address, g.language, consent_sentence())
    ask(db.session(), house().master, wanted, now=house().clock.now())
    return render_template("public/newsletter_pending.html"), 200, _UNCACHED


@page("/newsletter/preview", name="newsletter_preview")
def show_issue() -> ResponseReturnValue:
    """A sample issue, to be seen before giving an address."""
    return render_template("public/newsletter_preview.html", issue=_content("issue"))


@page("/newsletter/confirm/<token>", name="newsletter_confirm")
def show_confirming(token: str) -> ResponseReturnValue:
    """Ask for one click: mail programs open links by themselves, so looking changes nothing."""
    public_id = house().signer.read(CONFIRMING, token, max_age=CONFIRM_WITHIN)
    done = find_subscription(db.session(), public_id).state == "confirmed"
    return _answer("confirm", token, done=done)


@page("/newsletter/confirm/<token>", name="newsletter_confirm", methods=("POST",))
def confirm_one(token: str) -> ResponseReturnValue:
    """Confirm the subscription the token names."""
    public_id = house().signer.read(CONFIRMING, token, max_age=CONFIRM_WITHIN)
    confirm(db.session(), public_id, house().clock.now())
    return _answer("confirm", token, done=True)


@page("/newsletter/unsubscribe/<token>", name="newsletter_unsubscribe")
def show_leaving(token: str) -> ResponseReturnValue:
    """Ask for one click, as above."""
    subscription = find_subscription(db.session(), house().signer.read(LEAVING, token))
    return _answer("unsubscribe", token, done=subscription.state == "unsubscribed")


@page("/newsletter/unsubscribe/<token>", name="newsletter_unsubscribe", methods=("POST",))
def leave(token: str) -> ResponseReturnValue:
    """End the subscription: pressed by a reader, or by a mail program on one (RFC 8058)."""
    unsubscribe(db.session(), house().signer.read(LEAVING, token), house().clock.now())
    return _answer("unsubscribe", token, done=True)


def _answer(what: str, token: str, *, done: bool) -> ResponseReturnValue:
    page_text = render_template(
        f"public/newsletter_{what}.html",
        action=page_path(f"/newsletter/{what}/{token}"),
        done=done,
    )
    return page_text, 200, _UNCACHED


def _content(part: str) -> dict[str, Any]:
    content: dict[str, Any] = current_edition(db.session(), g.language).content[part]
    return content
