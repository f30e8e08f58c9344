"""How a subscription's first period is: whole, cut short by an anchor to come, or a free trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.billing.periods import DAY, boundary, periods_until
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

WARNED_DAYS_BEFORE: Final = 3
_LONGEST_DAYS: Final = 730


@dataclass(frozen=True, slots=True)
class Opening:
    """The first period: until `end`; `anchor` plus `periods` intervals is where it ends.

    `share` is [what is billed of it, the whole], or None when all of it is.
    """

    end: int
    anchor: int
    periods: int
    share: list[int] | None = None
    trial: bool = False


def opening(world: World, given: Obj, recurring: Obj) -> Opening:
    """The first period that `given` asks for.  Raises `Refusal`."""
    now = world.clock.now()
    trial = trial_end(now, given)
    anchor = given.get("billing_cycle_anchor")
    if trial:
        if anchor:
            raise Refusal(
                "The sandbox takes `billing_cycle_anchor` or a trial, not both.",
                param="billing_cycle_anchor",
            )
        return Opening(trial, trial, 0, [0, 1], trial=True)
    if not anchor:
        return Opening(boundary(now, recurring, 1), now, 1)
    return _until_anchor(now, anchor, given, recurring)


def trial_end(now: int, given: Obj) -> int | None:
    """When the free trial asked for ends; None for no trial.  Raises `Refusal`."""
    days, end = given.get("trial_period_days"), given.get("trial_end")
    if days is not None and end is not None:
        raise Refusal(
            "You may only specify one of these parameters: trial_end, trial_period_days.",
            param="trial_end",
        )
    if days is not None:
        if not 0 < days <= _LONGEST_DAYS:
            raise Refusal(
                f"The trial must be between 1 and {_LONGEST_DAYS} days.", param="trial_period_days"
            )
        return now + int(days) * DAY
    if end in (None, "now"):
        return None
    if end <= now:
        raise Refusal(
            "Invalid timestamp: must be an integer Unix timestamp in the future.", param="trial_end"
        )
    if end > now + _LONGEST_DAYS * DAY:
        raise Refusal(
            "Invalid timestamp: can be no more than two years in the future.", param="trial_end"
        )
    return int(end)


def expect_warning(world: World, subscription: Obj) -> None:
    """Have `trial_will_end` sent three days before the trial's end, or at once if that is past."""
    if subscription["status"] != "trialing":
        return
    at = subscription["trial_end"] - WARNED_DAYS_BEFORE * DAY
    if at <= world.clock.now():
        world.emit("customer.subscription.trial_will_end", subscription)
    else:
        world.timeline.expect(at, "subscription.trial_warning", subscription["id"])


def warn(world: World, due: Due) -> None:
    """Three days of the trial are left, if it still ends then."""
    subscription = world.store.find("subscription", due.target)
    if subscription is None or subscription["status"] != "trialing":
        return
    if subscription["trial_end"] - WARNED_DAYS_BEFORE * DAY == due.at:
        world.emit("customer.subscription.trial_will_end", subscription)


def _until_anchor(now: int, anchor: int, given: Obj, recurring: Obj) -> Opening:
    """A first period cut short by the anchor, paid for in proportion or not at all."""
    if anchor <= now:
        raise Refusal(
            "Invalid timestamp: must be an integer Unix timestamp in the future.",
            param="billing_cycle_anchor",
        )
    if anchor > boundary(now, recurring, 1):
        raise Refusal(
            "billing_cycle_anchor cannot be later than next natural billing date "
            f"({boundary(now, recurring, 1)}) for plan.",
            param="billing_cycle_anchor",
        )
    periods = periods_until(anchor, recurring, now)
    end = boundary(anchor, recurring, periods)
    whole = end - boundary(anchor, recurring, periods - 1)
    billed = 0 if given.get("proration_behavior") == "none" else end - now
    return Opening(end, anchor, periods, [billed, whole])
