"""The reader's choices: all newsletters as they stand, by a link that was in their mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from babel import Locale
from flask import g, render_template, request
from flask_babel import gettext as _

from donations.kernel.database import db
from donations.newsletters.choosing import Choice, Wanted, choice, choose
from donations.newsletters.following_up import ask_for_link
from donations.newsletters.leaving import leave_all
from donations.newsletters.links import CHOOSING
from donations.web.house import house
from donations.web.public.blueprint import page, page_path
from donations.web.public.newsletter_form import AddressForm
from donations.web.public.newsletter_offers import offered_or_held
from donations.web.public.newsletter_view import offer_view

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_UNCACHED: Final = {"Cache-Control": "no-store"}


@page("/newsletter/preferences", name="newsletter_link")
def show_asking() -> ResponseReturnValue:
    """For whoever has no letter of ours at hand: type the address, get the link."""
    return _asking_page()


@page("/newsletter/preferences", name="newsletter_link", methods=("POST",))
def send_link() -> ResponseReturnValue:
    """Send the link; the answer is the same whether or not the address is known."""
    form = AddressForm()
    if not form.validate():
        return _asking_page(form.email.data or "", form.first_errors().get("email")), 422, _UNCACHED
    parts = house()
    ask_for_link(db.session(), parts.master, form.email.address, now=parts.clock.now())
    return render_template("public/newsletter_link.html", sent=True), 200, _UNCACHED


@page("/newsletter/preferences/<token>", name="newsletter_choices")
def show_choices(token: str) -> ResponseReturnValue:
    """The boxes as they stand; looking changes nothing."""
    public_id = house().signer.read_lasting(CHOOSING, token)
    return _choices_page(token, choice(db.session(), public_id), done=False)


@page("/newsletter/preferences/<token>", name="newsletter_choices", methods=("POST",))
def keep_choices(token: str) -> ResponseReturnValue:
    """Keep what was ticked, or leave everything."""
    public_id, parts = house().signer.read_lasting(CHOOSING, token), house()
    session, now = db.session(), parts.clock.now()
    if request.form.get("act") == "leave":
        leave_all(session, public_id, now)
        return _choices_page(token, choice(session, public_id), done=True)
    asked, stands = request.form.getlist("newsletter"), choice(session, public_id)
    known = offered_or_held(session, g.language, stands.held | stands.asked)
    language = request.form.get("language", "")
    wanted = Wanted(
        newsletters=tuple(each.slug for each in known if each.slug in asked),
        language=language if language in parts.newsroom.languages else stands.language,
        consent=_choices_sentence(),
    )
    stands = choose(session, parts.master, public_id, wanted, now=now)
    return _choices_page(token, stands, done=True)


def _asking_page(email: str = "", error: str | None = None) -> str:
    return render_template(
        "public/newsletter_link.html",
        sent=False,
        action=page_path("/newsletter/preferences"),
        email=email,
        error_email=error,
    )


def _choices_page(token: str, stands: Choice, *, done: bool) -> ResponseReturnValue:
    shelf = offered_or_held(db.session(), g.language, stands.held | stands.asked)
    boxes = [
        offer_view(
            each, g.language, ticked=each.slug in stands.held, waiting=each.slug in stands.asked
        )
        for each in shelf
    ]
    languages = [
        (code, str(Locale.parse(code).get_display_name(code)).capitalize())
        for code in house().newsroom.languages
    ]
    page_text = render_template(
        "public/newsletter_choices.html",
        action=page_path(f"/newsletter/preferences/{token}"),
        offered=boxes,
        tongues=languages,
        chosen_language=stands.language,
        forgotten=not stands.held,
        done=done,
    )
    return page_text, 200, _UNCACHED


def _choices_sentence() -> str:
    """What ticking a box on this page says, kept as proof of consent."""
    return str(_("Send me the newsletters ticked here."))
