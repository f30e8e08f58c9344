"""How the office says moments and amounts, and everything else its templates are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from babel import Locale
from flask import g, request
from markupsafe import Markup

from donations.kernel.wording import money_text, month_text
from donations.staff.roles import Permission, may
from donations.web.house import house
from donations.web.office.blueprint import blueprint
from donations.web.office.code_words import ALL, said
from donations.web.office.forms import form_token
from donations.web.office.navigation import rooms
from donations.web.receipt_press import receipt_issuer

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from donations.kernel.money import Money
    from donations.kernel.months import Month


def amount(money: Money) -> str:
    """An amount with its currency and all its decimals."""
    return money_text(money, g.language, exact=True)


def rounded(money: Money) -> str:
    """An amount for an axis: decimals only where they count."""
    return money_text(money, g.language)


def moment(instant: datetime) -> Markup:
    """A moment by the newsroom's clocks, to the minute, with the exact instant in the markup."""
    local = instant.astimezone(house().newsroom.zone)
    text = local.strftime("%Y-%m-%d %H:%M")
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), text)


def month_name(month: Month) -> str:
    """A month with its year: "November 2026"."""
    return f"{month_text(month.first_day, g.language).capitalize()} {month.year}"


def age(duration: timedelta) -> str:
    """How long ago, in the largest unit that is not nothing."""
    seconds = int(duration.total_seconds())
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


@blueprint.context_processor
def _words() -> dict[str, Any]:
    visitor = g.get("visitor")
    newsroom = house().newsroom
    return {
        "lang": g.language,
        "dir": Locale.parse(g.language).text_direction,
        "newsroom": newsroom.name,
        "zone": newsroom.timezone,
        "as_of": house().clock.now(),
        "visitor": visitor,
        "rooms": rooms(
            None if visitor is None else visitor.role, request.endpoint or "", _not_offered()
        ),
        "allowed": lambda name: visitor is not None and may(visitor.role, Permission(name)),
        "form_token": form_token,
        **_SPOKEN,
    }


def _not_offered() -> frozenset[str]:
    """Pages that mean nothing to this newsroom."""
    claims = receipt_issuer().claims_gift_aid
    return frozenset() if claims else frozenset({"office.gift_aid_list"})


_SPOKEN: Final[dict[str, Any]] = {
    "amount": amount,
    "rounded": rounded,
    "moment": moment,
    "month_name": month_name,
    "age": age,
    "said": said,
    "word_lists": ALL,
    **ALL,
}
