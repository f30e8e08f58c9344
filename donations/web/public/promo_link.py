"""The link of a promo: it chooses the promo's rhythm and currency, unless the reader chose others.

A promo that is over is said to be; the reader may still give.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import g

from donations.kernel.database import db
from donations.web.house import house
from donations.web.public.promo_view import CHOICE, chosen_promo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.web.public.selection import Selection


def with_promo(
    query: Mapping[str, str], currency: str, selection: Selection
) -> tuple[str, Selection]:
    """What is chosen with the promo the query names; unchanged where it names none."""
    code = query.get("promo")
    if not code:
        return currency, selection
    promo = chosen_promo(db.session(), code, g.language, house().clock.now())
    taken = house().price_list.currencies
    if promo is None or promo.first.currency not in taken:
        return currency, replace(selection, promo_over=True)
    if not query.get("currency"):
        currency = promo.first.currency
    frequency = selection.frequency if query.get("frequency") else promo.frequency
    chosen = {**selection.chosen, promo.frequency: CHOICE}
    return currency, replace(selection, frequency=frequency, chosen=chosen, promo=promo)
