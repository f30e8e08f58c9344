"""The beginning of a day: funds become available, waiting refunds go out, payouts are made."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from donations.sandbox.objects.account_settings import settings
from donations.sandbox.objects.money import books, payouts, refunds

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World


def begin_day(world: World, due: Due) -> None:
    """Do what a midnight (UTC) brings, and look again at the next one while lines wait."""
    if books.release(world):
        world.emit("balance.available", books.balance(world))
    refunds.send_waiting(world)
    if pays_on(settings(world)["payouts"], due.at):
        for currency in books.currencies(world):
            payouts.collect(world, currency)
    if any(books.waiting(world, currency) for currency in books.currencies(world)):
        books.look_again(world)


def pays_on(terms: Obj, moment: int) -> bool:
    """Whether the schedule has a payout on the day of `moment`."""
    day = datetime.fromtimestamp(moment, UTC)
    if terms["interval"] == "weekly":
        return bool(day.strftime("%A").lower() == terms["weekly_anchor"])
    if terms["interval"] == "monthly":
        last = calendar.monthrange(day.year, day.month)[1]
        return bool(day.day == min(terms["monthly_anchor"], last))
    return bool(terms["interval"] == "daily")
