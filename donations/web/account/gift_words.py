"""Each gift as its giver's history tells it: day, amount, and what became of it, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from donations.kernel.money import Money
from donations.kernel.wording import day_text, money_text
from donations.web.public.ask_words import order_label

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from donations.giving.models import Dispute, Gift, Refund

# Stripe's words (docs.stripe.com/api/refunds/object, …/disputes/object).
_BACK: Final = frozenset({"succeeded"})
_ON_ITS_WAY: Final = frozenset({"pending", "requires_action"})
_WON: Final = frozenset({"won", "warning_closed"})


@dataclass(frozen=True, slots=True)
class GiftView:
    """One gift; `notes` are sentences on refunds and disputes, `kept` what stayed with us."""

    day: str
    label: str
    notes: tuple[str, ...]
    receipt_number: int | None
    kept: Money


def gift_view(gift: Gift, *, language: str, zone: ZoneInfo) -> GiftView:
    """The gift in a language, its days in the newsroom's zone."""

    def day(moment: datetime) -> str:
        return day_text(moment.astimezone(zone).date(), language)

    notes = [
        _refund_said(one, money_text(one.amount, language), day(one.created_at))
        for one in sorted(gift.refunds, key=lambda one: one.created_at)
    ]
    notes += [_dispute_said(one, money_text(one.amount, language)) for one in gift.disputes]
    back = sum(one.amount_minor for one in gift.refunds if one.state in _BACK | _ON_ITS_WAY)
    lost = sum(one.amount_minor for one in gift.disputes if one.state == "lost")
    return GiftView(
        day=day(gift.received_at),
        label=order_label(gift.rhythm, money_text(gift.amount, language)),
        notes=tuple(notes),
        receipt_number=gift.receipt.number if gift.receipt else None,
        kept=Money(max(0, gift.amount_minor - back - lost), gift.currency),
    )


def _refund_said(refund: Refund, amount: str, day: str) -> str:
    if refund.state in _BACK:
        return _("%(amount)s went back to you on %(day)s.", amount=amount, day=day)
    if refund.state in _ON_ITS_WAY:
        return _("%(amount)s is on its way back to you.", amount=amount)
    return _("We tried to send %(amount)s back, and your bank did not take it.", amount=amount)


def _dispute_said(dispute: Dispute, amount: str) -> str:
    if dispute.state == "lost":
        return _("Your bank took %(amount)s back at your word.", amount=amount)
    if dispute.state in _WON:
        return _("Your bank asked about %(amount)s, and the gift stands.", amount=amount)
    if dispute.state == "prevented":
        return _("Your bank asked about %(amount)s, and it was settled.", amount=amount)
    return _("Your bank is asking about %(amount)s. It has not decided yet.", amount=amount)
