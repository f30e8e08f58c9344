"""Cards that run out, and the networks that put a new expiry in their place in time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

UPDATING_BRANDS: Final = frozenset({"visa", "mastercard", "amex", "discover"})
NEW_CARD_LASTS_YEARS: Final = 4
_DAY: Final = 86_400
_ASKED_AGAIN_AFTER: Final = 30 * _DAY


def has_expired(world: World, method: Obj) -> bool:
    """Whether the card's last month has passed."""
    if method["type"] != "card":
        return False
    today = datetime.fromtimestamp(world.clock.now(), UTC)
    card = method["card"]
    return bool((card["exp_year"], card["exp_month"]) < (today.year, today.month))


def plan(world: World, method: Obj) -> None:
    """Have the network renew a kept card on the first of its last month, or tomorrow if later."""
    if method["type"] != "card" or method["card"]["brand"] not in UPDATING_BRANDS:
        return
    card = method["card"]
    last_month = datetime(card["exp_year"], card["exp_month"], 1, tzinfo=UTC)
    moment = max(int(last_month.timestamp()), world.clock.now() + _DAY)
    method["_update_at"] = moment
    world.timeline.expect(moment, "card.update", method["id"])


def update(world: World, due: Due) -> None:
    """The planned renewal; by the knob `automatic_updates` it is put off from month to month."""
    method = world.store.find("payment_method", due.target)
    if method is None or method["customer"] is None or method.get("_update_at") != due.at:
        return
    if world.faults.automatic_updates:
        renew(world, method)
    else:
        method["_update_at"] = due.at + _ASKED_AGAIN_AFTER
        world.timeline.expect(method["_update_at"], "card.update", method["id"])


def renew(world: World, method: Obj, last4: str | None = None) -> Obj:
    """The network tells of a new expiry, and of a new number where `last4` is given; and tell."""
    card = method["card"]
    before = {"exp_year": card["exp_year"]}
    today = datetime.fromtimestamp(world.clock.now(), UTC)
    card["exp_year"] = max(card["exp_year"], today.year) + NEW_CARD_LASTS_YEARS
    if last4:
        before["last4"] = card["last4"]
        card["last4"] = last4
    world.emit("payment_method.automatically_updated", method, {"card": before})
    plan(world, method)
    return method
