"""The sheets of the hosted payment page, ready to send: the form, 3-D Secure, the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import render_template
from markupsafe import Markup, escape

from donations.sandbox.cards import OTHERS, SUGGESTED
from donations.sandbox.objects.methods import ibans
from donations.sandbox.pages.payment.answers import CUSTOM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.sandbox import Obj
    from donations.sandbox.pages.payment.languages import Language
    from donations.sandbox.pages.payment.questions import Questions
    from donations.sandbox.world import World

_PLACEHOLDER: Final = "{CHECKOUT_SESSION_ID}"
_LINK: Final = re.compile(r"\[([^\[\]]+)\]\((https?://[^()\s]+)\)")
_GONE: Final = 410


def payment(
    world: World,
    asked: Questions,
    say: Language,
    values: Mapping[str, str],
    wrong: Mapping[str, str],
) -> str:
    """The form, with what was typed in it and what is wrong at its fields."""
    return render_template(
        "pay.html",
        world=world,
        session=asked.session,
        asked=asked,
        say=say,
        values=_known(world, asked) | dict(values),
        wrong=wrong,
        first_wrong=next(iter(wrong), None),
        linked=linked,
        custom=CUSTOM,
        cards=(SUGGESTED, OTHERS),
        accounts=ibans.SUGGESTED,
    )


def challenge(world: World, session: Obj, say: Language) -> str:
    """The page of the reader's bank."""
    return render_template("challenge.html", world=world, session=session, say=say)


def closed(world: World, session: Obj, say: Language) -> tuple[str, int]:
    """What a session that is complete or expired says instead of charging."""
    done = session["status"] == "complete"
    page = render_template(
        "closed.html", world=world, session=session, say=say, done=done, onward=return_url(session)
    )
    return page, 200 if done else _GONE


def return_url(session: Obj) -> str:
    """Where the reader goes when done: the success URL with the session's id in its place."""
    url = str(session["success_url"])
    for written in (_PLACEHOLDER, "%7BCHECKOUT_SESSION_ID%7D", "%7bCHECKOUT_SESSION_ID%7d"):
        url = url.replace(written, session["id"])
    return url


def is_filling(form: Mapping[str, str]) -> bool:
    """Whether a button was pressed that changes the form rather than pays."""
    return any(form.get(name) for name in ("pick", "pick_iban", "remove"))


def filled(form: Mapping[str, str]) -> dict[str, str]:
    """The form with a test card or account filled in and everything typed kept."""
    typed = {name: value for name, value in form.items() if value}
    if form.get("pick"):
        usual = {"expiry": "12 / 34", "cvc": "123", "name": "Jenny Rosen"}
        return usual | typed | {"card_number": form["pick"], "method": "card"}
    if form.get("pick_iban"):
        return {"name": "Jenny Rosen"} | typed | {"iban": form["pick_iban"], "method": "sepa_debit"}
    return typed


def linked(text: str) -> Markup:
    """A caller's text with its `[words](https://…)` as links and everything else as it is."""
    return Markup(  # noqa: S704 - every part was escaped before
        _LINK.sub(r'<a href="\2">\1</a>', str(escape(text)))
    )


def _known(world: World, asked: Questions) -> dict[str, str]:
    """What stands in the form at first."""
    session = asked.session
    customer = world.store.find("customer", session["customer"]) or {}
    known = {
        "email": asked.locked_email or session["customer_email"],
        "method": asked.choices[0],
        "name": customer.get("name"),
        "phone": customer.get("phone"),
        **(customer.get("address") or {}),
    }
    for field in session["custom_fields"]:
        known[CUSTOM + field["key"]] = field[field["type"]]["default_value"]
    return {name: value for name, value in known.items() if value}
