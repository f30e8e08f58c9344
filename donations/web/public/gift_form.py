"""Reads the form of a gift membership: what was chosen, and which fields are wrong.

The price is never read from it: what was shown is compared with what it costs now.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from donations.entitlements.gift_words import LONGEST_MESSAGE
from donations.entitlements.gifting import GiftWish
from donations.kernel.cadence import add_months
from donations.kernel.wording import day_text
from donations.mailer.addresses import LONGEST as LONGEST_ADDRESS
from donations.mailer.addresses import BadAddress, checked_address
from donations.web.public.address_field import address_message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from donations.entitlements.gift_offers import GiftOffer

FURTHEST: Final = 12
"""How many months ahead a gift may be sent."""
_ATTEMPT: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
_ADDRESS_OF_A_SITE: Final = re.compile(r"://|\bwww\.", re.IGNORECASE)
_MOST_ECHOED: Final = 2 * LONGEST_MESSAGE


@dataclass(frozen=True, slots=True)
class Typed:
    """Everything typed and chosen, to be shown again."""

    tier: str = ""
    email: str = ""
    message: str = ""
    send_on: str = ""
    language: str = ""
    shown: str = ""
    attempt: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A gift that can be bought as it is."""

    offer: GiftOffer
    wish: GiftWish


def read_typed(form: Mapping[str, str], spoken: Collection[str], language: str) -> Typed:
    """What came, cut to what can be shown; a language nobody speaks here becomes the page's."""
    attempt, wanted = form.get("attempt", ""), form.get("language", "")
    return Typed(
        tier=form.get("tier", "")[:30],
        email=form.get("email", "").strip()[: LONGEST_ADDRESS + 1],
        message=_plain(form.get("message", ""))[:_MOST_ECHOED],
        send_on=form.get("send_on", "").strip()[:10],
        language=wanted if wanted in spoken else language,
        shown=form.get("shown", "")[:20],
        attempt=attempt if _ATTEMPT.fullmatch(attempt) else "",
    )


def choose(
    typed: Typed, offers: Iterable[GiftOffer], today: date, language: str
) -> Chosen | dict[str, str]:
    """The gift that was chosen, or by field what is wrong with it."""
    errors: dict[str, str] = {}
    offer = next((one for one in offers if one.code == typed.tier), None)
    if offer is None:
        errors["tier"] = _("Choose what you would like to give.")
    recipient = _recipient(typed, errors)
    _check_message(typed, errors)
    day = _day(typed, today, language, errors) if typed.email else None
    if offer is None or errors:
        return errors
    wish = GiftWish(offer.tier_id, typed.language, recipient, typed.message, day)
    return Chosen(offer, wish)


def last_day(today: date) -> date:
    """The last day a gift may be sent on."""
    return add_months(today, FURTHEST)


def for_review(typed: Typed, chosen: Chosen, attempt: str) -> Typed:
    """What the page before the payment carries on: the price it shows, and a new attempt."""
    wish = chosen.wish
    return replace(
        typed,
        email=wish.recipient,
        send_on="" if wish.send_on is None else wish.send_on.isoformat(),
        shown=str(chosen.offer.amount.minor),
        attempt=attempt,
    )


def _recipient(typed: Typed, errors: dict[str, str]) -> str:
    if not typed.email:
        return ""
    try:
        return checked_address(typed.email)
    except BadAddress as error:
        errors["email"] = address_message(error)
        return ""


def _check_message(typed: Typed, errors: dict[str, str]) -> None:
    if len(typed.message) > LONGEST_MESSAGE:
        errors["message"] = _("Please write at most %(most)s characters.", most=LONGEST_MESSAGE)
    elif _ADDRESS_OF_A_SITE.search(typed.message):
        errors["message"] = _(
            "Please leave out links: letters with strangers’ links look like fraud."
        )


def _day(typed: Typed, today: date, language: str, errors: dict[str, str]) -> date | None:
    if not typed.send_on:
        return today
    try:
        day = date.fromisoformat(typed.send_on)
    except ValueError:
        errors["send_on"] = _("Write the day like this: 2027-03-14.")
        return None
    last = last_day(today)
    if not today <= day <= last:
        errors["send_on"] = _("Choose a day from today to %(day)s.", day=day_text(last, language))
    return day


def _plain(message: str) -> str:
    """The words without what cannot be seen; line ends as one character, no more than two."""
    text = message.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return re.sub(r"\n{3,}", "\n\n", _UNSEEN.sub("", text)).strip()
