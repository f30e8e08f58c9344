"""What an update may change of a subscription, and what it bills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.objects.billing import (
    invoice_items,
    invoices,
    item_changes,
    planned_ends,
    prorations,
    renewals,
    subscriptions,
    trials,
)
from donations.sandbox.objects.metadata import update
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_CHANGEABLE_AFTER_THE_END: Final = {"cancellation_details", "metadata", "expand"}
_CHANGEABLE_BEFORE_THE_START: Final = {
    "cancellation_details", "default_payment_method", "expand", "metadata",
}  # fmt: skip


def change(world: World, subscription: Obj, given: Obj) -> Obj:
    """Apply the parameters of an update, tell what changed, bill what it costs.

    Raises `Refusal`, and then nothing has changed.
    """
    _check(world, subscription, given)
    changes = item_changes.read(world, subscription, given.get("items") or [])
    latest = subscription["latest_invoice"]
    before = update(subscription, given, *(name for name in ("description",) if name in given))
    before |= _change_method(subscription, given.get("default_payment_method"))
    before |= planned_ends.change(world, subscription, given)
    before |= _change_pause(world, subscription, given.get("pause_collection"))
    before |= _change_settings(subscription, given)
    invoice = _change_bill(world, subscription, given, changes, before)
    if invoice:
        before["latest_invoice"] = latest
    if before:
        world.emit("customer.subscription.updated", subscription, before)
    if invoice:
        renewals.drive(world, subscription, invoice, on_session=not given.get("off_session"))
    return subscription


def _check(world: World, subscription: Obj, given: Obj) -> None:
    if subscription["status"] in subscriptions.ENDED and given.keys() - _CHANGEABLE_AFTER_THE_END:
        raise Refusal(
            "A canceled subscription can only update its cancellation_details and metadata.",
            code="invalid_canceled_subscription_fields",
        )
    if subscription["status"] == "incomplete" and given.keys() - _CHANGEABLE_BEFORE_THE_START:
        raise Refusal(
            "This subscription is incomplete: only its metadata and its payment method can be "
            "updated until its first invoice is paid."
        )
    if given.get("payment_behavior", "allow_incomplete") != "allow_incomplete":
        raise Refusal(
            "The sandbox updates with `payment_behavior=allow_incomplete` only.",
            param="payment_behavior",
        )
    method = given.get("default_payment_method")
    if method and method != subscription["default_payment_method"]:
        must_belong(world, method, subscription["customer"])
    planned_ends.check(world, subscription, given)
    _check_pause(world, given.get("pause_collection"))
    _check_trial(world, subscription, given)
    at = given.get("proration_date")
    item = subscriptions.first_item(subscription)
    if at is not None and not item["current_period_start"] <= at <= item["current_period_end"]:
        raise Refusal(
            "Invalid timestamp: `proration_date` must be within the current period.",
            param="proration_date",
        )


def must_belong(world: World, method: str, customer: str) -> None:
    """Raise `Refusal` unless the payment method is that customer's."""
    found = world.store.get("payment_method", method, "default_payment_method")
    if found["customer"] != customer:
        raise Refusal(
            "The payment method must be attached to the customer of the subscription.",
            param="default_payment_method",
        )


def _change_method(subscription: Obj, wanted: str | None) -> Obj:
    if wanted is None or wanted == subscription["default_payment_method"]:
        return {}
    before = {"default_payment_method": subscription["default_payment_method"]}
    subscription["default_payment_method"] = wanted or None
    return before


def _change_settings(subscription: Obj, given: Obj) -> Obj:
    saving = (given.get("payment_settings") or {}).get("save_default_payment_method")
    settings = subscription["payment_settings"]
    if not saving or saving == settings["save_default_payment_method"]:
        return {}
    before = {"payment_settings": dict(settings)}
    settings["save_default_payment_method"] = saving
    return before


def _check_pause(world: World, wanted: Any) -> None:  # noqa: ANN401 - a mapping, "" or nothing
    resumes = wanted.get("resumes_at") if wanted else None
    if resumes and resumes <= world.clock.now():
        raise Refusal(
            "Invalid timestamp: `resumes_at` must be in the future.",
            param="pause_collection[resumes_at]",
        )


def _change_pause(world: World, subscription: Obj, wanted: Any) -> Obj:  # noqa: ANN401
    if wanted is None:
        return {}
    before = subscription["pause_collection"]
    resumes = wanted.get("resumes_at") if wanted else None
    after = {"behavior": wanted["behavior"], "resumes_at": resumes or None} if wanted else None
    if after == before:
        return {}
    subscription["pause_collection"] = after
    if resumes:
        world.timeline.expect(resumes, "subscription.resume", subscription["id"])
    return {"pause_collection": before}


def _check_trial(world: World, subscription: Obj, given: Obj) -> None:
    if "trial_end" not in given:
        return
    if subscription["status"] not in ("trialing", "active"):
        raise Refusal(
            "The sandbox gives a trial to a subscription that is active or on trial, to no other.",
            param="trial_end",
        )
    trials.trial_end(world.clock.now(), {"trial_end": given["trial_end"]})


def _change_bill(
    world: World, subscription: Obj, given: Obj, changes: item_changes.Changes, before: Obj
) -> Obj | None:
    """Items, anchor and trial: what of them is to be billed now is on the invoice returned."""
    anew = (given.get("billing_cycle_anchor") or {}).get("type") == "now" or changes.other_rhythm
    trial = given.get("trial_end")
    if not (changes or anew or trial):
        return None
    kept = subscriptions.items_before(subscription)
    now = world.clock.now()
    at = given.get("proration_date", now)
    behavior = given.get("proration_behavior", "create_prorations")
    prorated = behavior != "none" and subscription["status"] in ("active", "past_due")
    entries = changes.apply(world, subscription, at, prorated=prorated, charged=not anew)
    if anew and prorated:
        entries += changes.credit_rest(world, subscription, at)
    for entry in entries:
        keep_proration(world, subscription, entry)
    names = ("billing_cycle_anchor", "status", "trial_end", "trial_start")
    told = {name: subscription[name] for name in names}
    restarted = trial == "now" or (anew and not trial and subscription["status"] != "paused")
    if trial and not restarted:
        _move_trial(world, subscription, trial)
    elif restarted:
        if subscription["status"] == "trialing":
            subscription |= {"status": "active", "trial_end": now}
            world.emit("customer.subscription.trial_will_end", subscription)
        subscriptions.restart(world, subscription)
    before |= kept | {name: value for name, value in told.items() if subscription[name] != value}
    if not restarted and not (behavior == "always_invoice" and entries):
        return None
    return invoices.draw_up(world, subscription, "subscription_update", whole=restarted)


def keep_proration(world: World, subscription: Obj, draft: Obj) -> Obj:
    """Make the invoice item of a proration, and remember what it debits."""
    entry = invoice_items.keep(world, draft)
    debits = subscription.setdefault("_debits", {})
    if entry["amount"] < 0 or (draft.get("proration_details") or {}).get("credited_items"):
        debits.pop(draft["_item"], None)
    else:
        for item in subscription["items"]["data"]:
            if item["id"] == draft["_item"]:
                prorations.note_debit(subscription, item, entry["amount"], entry)
    return entry


def _move_trial(world: World, subscription: Obj, end: int) -> None:
    begun = subscription["trial_start"] if subscription["status"] == "trialing" else None
    subscription |= {
        "status": "trialing",
        "trial_start": begun or world.clock.now(),
        "trial_end": end,
        "billing_cycle_anchor": end,
        "_periods": 0,
    }
    item = subscriptions.first_item(subscription)
    subscriptions.set_period(world, subscription, item["current_period_start"], end)
    trials.expect_warning(world, subscription)
