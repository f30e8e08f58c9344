"""The words for what is given and when, as the pages of a membership say them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g

from donations.kernel.cadence import Frequency
from donations.kernel.wording import day_text, money_text
from donations.web.house import house
from donations.web.public.ask_words import order_label

if TYPE_CHECKING:
    from datetime import datetime

    from donations.kernel.money import Money

_MOST_DIGITS = 2


def given(amount: Money, rhythm: Frequency) -> str:
    """An amount with how often it is given."""
    return order_label(rhythm, money_text(amount, g.language))


def day(moment: datetime) -> str:
    """A moment's day in the newsroom's zone."""
    return day_text(moment.astimezone(house().newsroom.zone).date(), g.language)


def other_rhythm(rhythm: Frequency) -> Frequency:
    """The rhythm to change to."""
    return Frequency.ANNUAL if rhythm is Frequency.MONTHLY else Frequency.MONTHLY


def months_of(text: str) -> int:
    """A number of months as typed; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
