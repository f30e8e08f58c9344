"""What a portal configuration may switch on, completed with Stripe's defaults and checked."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.objects.portal import portal_products
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_LONGEST_PAUSE_YEARS: Final = 3
_IN_A_YEAR: Final = {"day": 365, "week": 52, "month": 12, "year": 1}

OFF: Final[Obj] = {
    "customer_update": {"enabled": False, "allowed_updates": []},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
        "cancellation_reason": {
            "enabled": False,
            "feedback_options": None,
            "options": [
                "too_expensive",
                "missing_features",
                "switched_service",
                "unused",
                "other",
            ],
        },
    },
    "subscription_pause": {
        "enabled": False,
        "duration": {
            "type": "interval_options",
            "interval_options": [{"interval": "month", "interval_count": 1}],
        },
    },
    "subscription_update": {
        "enabled": False,
        "billing_cycle_anchor": "unchanged",
        "default_allowed_updates": [],
        "products": [],
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}


def laid_over(world: World, features: Obj, given: Obj) -> Obj:
    """`features` with those of a request laid over them.  Raises `Refusal` for a bad mixture."""
    after = copy.deepcopy(features)
    for name, wanted in given.items():
        after[name] |= {key: _value(value) for key, value in wanted.items()}
    if "cancellation_reason" in (given.get("subscription_cancel") or {}):
        after["subscription_cancel"]["cancellation_reason"] = _reasons(
            features["subscription_cancel"]["cancellation_reason"],
            given["subscription_cancel"]["cancellation_reason"],
        )
    if "duration" in (given.get("subscription_pause") or {}):
        after["subscription_pause"]["duration"] = _duration(given["subscription_pause"]["duration"])
    _check_customer(after["customer_update"])
    _check_cancel(after["subscription_cancel"])
    portal_products.check(world, after)
    return after


def _value(given: Any) -> Any:  # noqa: ANN401 - a list unset by "" is an empty one
    return [] if given == "" else copy.deepcopy(given)


def _reasons(kept: Obj, given: Obj) -> Obj:
    return kept | {name: _value(value) for name, value in given.items()}


def _duration(given: Obj) -> Obj:
    param = "features[subscription_pause][duration][interval_options]"
    if given["type"] == "indefinite":
        return {"type": "indefinite", "interval_options": []}
    options = [{"interval_count": 1} | each for each in given.get("interval_options") or []]
    if not options:
        raise Refusal(
            "You must specify `interval_options` when the pause duration `type` is "
            "`interval_options`.",
            code="parameter_missing",
            param=param,
        )
    for place, option in enumerate(options):
        most = _LONGEST_PAUSE_YEARS * _IN_A_YEAR[option["interval"]]
        if not 1 <= option["interval_count"] <= most:
            raise Refusal(
                "A pause can last from one interval to three years.",
                code="parameter_invalid_integer",
                param=f"{param}[{place}][interval_count]",
            )
    return {"type": "interval_options", "interval_options": options}


def _check_customer(feature: Obj) -> None:
    if "tax_id" in feature["allowed_updates"]:
        raise Refusal(
            "The sandbox keeps no tax ids: leave `tax_id` out of `allowed_updates`.",
            param="features[customer_update][allowed_updates]",
        )


def _check_cancel(feature: Obj) -> None:
    behavior = feature["proration_behavior"]
    param = "features[subscription_cancel][proration_behavior]"
    if behavior == "always_invoice":
        raise Refusal(
            "`always_invoice` cannot be used for cancellations in the customer portal.", param=param
        )
    if behavior == "create_prorations" and feature["mode"] != "immediately":
        raise Refusal(
            "`create_prorations` is only compatible with a cancellation `mode` of `immediately`.",
            param=param,
        )
