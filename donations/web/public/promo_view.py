"""A promo as readers see it: what is taken first, and what after, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from donations.kernel.cadence import Frequency
from donations.kernel.wording import money_text
from donations.self_service.promo_terms import takeable
from donations.tiers.models import Tier

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.money import Money
    from donations.tiers.promo_models import Promo

CHOICE: Final = "promo"
"""What the form sends in place of an amount."""
_LONGEST: Final = 30


@dataclass(frozen=True, slots=True)
class PromoView:
    """A promo that can be taken now."""

    code: str
    frequency: Frequency
    first: Money
    terms: str
    give_label: str
    tier: str
    benefits: tuple[str, ...]


def chosen_promo(
    session: Session, code: str | None, language: str, now: datetime
) -> PromoView | None:
    """The promo a link or form names; None for none, and for one that cannot be taken any more."""
    if not code or len(code) > _LONGEST:
        return None
    promo = takeable(session, code, now)
    if promo is None:
        return None
    tier = None if promo.tier_id is None else session.get(Tier, promo.tier_id)
    words = next((one for one in tier.words if one.language == language), None) if tier else None
    return PromoView(
        code=promo.code,
        frequency=promo.rhythm,
        first=promo.first,
        terms=terms_text(promo, language),
        give_label=_begin(promo.rhythm, money_text(promo.first, language)),
        tier=words.name if words else "",
        benefits=tuple(words.benefits.splitlines()) if words else (),
    )


def terms_text(promo: Promo, language: str) -> str:
    """What is taken, for how long, and what then: "$5 a month for 3 months, then …"."""
    said = {"first": money_text(promo.first, language), "then": money_text(promo.then, language)}
    if promo.rhythm is Frequency.ANNUAL:
        return ngettext(
            "%(first)s for the first year, then %(then)s a year until you end it",
            "%(first)s a year for %(num)s years, then %(then)s a year until you end it",
            promo.payments,
            **said,
        )
    return ngettext(
        "%(first)s for the first month, then %(then)s a month until you end it",
        "%(first)s a month for %(num)s months, then %(then)s a month until you end it",
        promo.payments,
        **said,
    )


def _begin(frequency: Frequency, amount: str) -> str:
    if frequency is Frequency.ANNUAL:
        return _("Begin with %(amount)s a year", amount=amount)
    return _("Begin with %(amount)s a month", amount=amount)
