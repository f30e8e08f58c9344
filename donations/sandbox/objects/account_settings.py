"""What a merchant sets for the whole account in Stripe's dashboard, kept with the data file."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

DEFAULTS: Final[dict[str, Any]] = {
    # Days from one failed try to the next, and what becomes of the subscription after the last:
    # cancel, unpaid, past_due or pause.  `first_failure` may be `pause` instead of `past_due`.
    "dunning": {
        "after_days": [1, 1, 1, 2, 2, 2, 2, 3],
        "then": "cancel",
        "first_failure": "past_due",
    },
    # Days before a renewal at which `invoice.upcoming` is sent; 0 sends none.
    "upcoming": {"days": 7},
    # When what is available goes to the bank: daily, weekly (on `weekly_anchor`), monthly (on the
    # day `monthly_anchor`, or the last of a shorter month) or manual; how many days charges are
    # held; whether a refund may draw the balance below nothing or waits for funds.
    "payouts": {
        "interval": "daily",
        "delay_days": 2,
        "weekly_anchor": "friday",
        "monthly_anchor": 1,
        "debit_negative_balances": True,
    },
}
_CHOICES: Final = {
    ("dunning", "then"): ("cancel", "unpaid", "past_due", "pause"),
    ("dunning", "first_failure"): ("past_due", "pause"),
    ("payouts", "interval"): ("daily", "weekly", "monthly", "manual"),
    ("payouts", "weekly_anchor"): ("monday", "tuesday", "wednesday", "thursday", "friday"),
}


def settings(world: World) -> Obj:
    """The account's settings, to read; a group is changed with `change`."""
    kept: Obj = world.store.beside.setdefault("settings", {})
    for group, values in DEFAULTS.items():
        chosen = kept.setdefault(group, {})
        if len(chosen) < len(values):  # the first time, or a file from before a setting came up
            kept[group] = copy.deepcopy(values) | chosen
    return kept


def change(world: World, wanted: Obj) -> Obj:
    """Lay the named values over the settings, group by group.  Raises `Refusal` for one unknown."""
    for group, values in wanted.items():
        if group not in DEFAULTS or not isinstance(values, dict):
            raise Refusal(f"No such setting: {group}. There are {', '.join(sorted(DEFAULTS))}.")
        for name, value in values.items():
            _check(group, name, value)
    kept = settings(world)
    for group, values in wanted.items():
        kept[group] |= values
    return kept


def _check(group: str, name: str, value: object) -> None:
    known = DEFAULTS[group]
    if name not in known:
        raise Refusal(f"No such setting: {group}.{name}. There are {', '.join(sorted(known))}.")
    choices = _CHOICES.get((group, name))
    if choices and value not in choices:
        raise Refusal(f"{group}.{name} must be one of {', '.join(choices)}.", param=name)
    if type(value) is not type(known[name]):
        raise Refusal(f"{group}.{name} must be like {known[name]!r}.", param=name)
    numbers = value if isinstance(value, list) else [value] if isinstance(value, int) else []
    if any(not isinstance(number, int) or number < 0 for number in numbers):
        raise Refusal(f"{group}.{name} must hold whole numbers, none negative.", param=name)
