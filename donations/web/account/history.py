"""Every gift, year by year, with what became of it and the papers that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from flask import g, render_template

from donations.giving.holdings import gifts_of
from donations.kernel.database import db
from donations.kernel.money import Money
from donations.kernel.wording import money_text
from donations.web.account.blueprint import account_path, page
from donations.web.account.gift_words import GiftView, gift_view
from donations.web.house import house

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

    from donations.giving.models import Gift


@dataclass(frozen=True, slots=True)
class YearView:
    """The gifts of a calendar year where the newsroom is, and what of them stayed with it."""

    year: int
    totals: tuple[str, ...]
    gifts: tuple[GiftView, ...]


@page("/history")
def show_history() -> ResponseReturnValue:
    """Every gift there is."""
    zone = house().newsroom.zone

    def year(gift: Gift) -> int:
        return gift.received_at.astimezone(zone).year

    gifts = gifts_of(db.session(), g.supporter.id)
    years = [_year(number, mine) for number, mine in groupby(gifts, key=year)]
    return render_template("account/history.html", years=years, receipt_url=receipt_url)


def receipt_url(number: int) -> str:
    """Where a receipt can be had."""
    return account_path(f"/receipts/{number}")


def _year(number: int, gifts: Iterable[Gift]) -> YearView:
    zone = house().newsroom.zone
    views = tuple(gift_view(gift, language=g.language, zone=zone) for gift in gifts)
    kept: dict[str, int] = {}
    for view in views:
        kept[view.kept.currency] = kept.get(view.kept.currency, 0) + view.kept.minor
    totals = tuple(money_text(Money(minor, code), g.language) for code, minor in kept.items())
    return YearView(number, totals, views)
