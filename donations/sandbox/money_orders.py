"""Orders about money that goes out: refunds, disputes, warnings, payouts, Stripe's own fees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.objects.money import (
    bank_statement,
    books,
    disputes,
    early_fraud_warnings,
    payout_returns,
    payouts,
    refund_outcomes,
    refunds,
)
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from collections.abc import Callable

    from donations.sandbox import Obj
    from donations.sandbox.world import World

Orders = dict[str, Any]


def number(wanted: Orders, name: str) -> int:
    """A whole number in an order.  Raises `Refusal`."""
    try:
        return int(wanted[name])
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(f"{name} must be a whole number.", param=name) from error


def refund(world: World, wanted: Orders) -> Obj:
    """Refund a `charge` or `payment_intent`, whole or an `amount`, as Stripe's dashboard would.

    `half` true gives back half of what is left.
    """
    told = dict(wanted)
    if "amount" in wanted:
        told["amount"] = number(wanted, "amount")
    elif wanted.get("half"):
        charge = charge_of(world, wanted)
        told["amount"] = max(1, (charge["amount"] - charge["amount_refunded"]) // 2)
    return presented(refunds.create(world, told))


def refund_fail(world: World, wanted: Orders) -> Obj:
    """Have a `refund` fail for a `reason`: the money returns."""
    found = world.store.get("refund", str(wanted.get("refund")), "refund")
    if found["status"] not in {"pending", "requires_action", "succeeded"}:
        raise Refusal(f"This refund is {found['status']} already.")
    refund_outcomes.fail(world, found, str(wanted.get("reason", "unknown")))
    return presented(found)


def refund_wait(world: World, wanted: Orders) -> Obj:
    """Have a pending `refund` wait for the reader's bank details (`requires_action`)."""
    found = world.store.get("refund", str(wanted.get("refund")), "refund")
    return presented(refunds.require_action(world, found))


def dispute(world: World, wanted: Orders) -> Obj:
    """Have a `charge` or `payment_intent` disputed; `reason` may be `inquiry`, `amount` a part."""
    charge = charge_of(world, wanted)
    reason = wanted.get("reason")
    if reason is not None and reason not in disputes.REASONS:
        raise Refusal(f"The reason must be one of {', '.join(disputes.REASONS)}.", param="reason")
    amount = number(wanted, "amount") if "amount" in wanted else None
    return presented(disputes.open_dispute(world, charge, reason, amount))


def dispute_close(world: World, wanted: Orders) -> Obj:
    """Decide a `dispute`: `won` true or false."""
    return presented(disputes.close(world, _dispute(world, wanted), won=bool(wanted.get("won"))))


def dispute_escalate(world: World, wanted: Orders) -> Obj:
    """Have an inquiry, `dispute`, become a dispute."""
    return presented(disputes.escalate(world, _dispute(world, wanted)))


def early_fraud_warning(world: World, wanted: Orders) -> Obj:
    """Have the issuer of a `charge` or `payment_intent` warn of fraud."""
    kind = str(wanted.get("fraud_type", "misc"))
    if kind not in early_fraud_warnings.FRAUD_TYPES:
        known = ", ".join(early_fraud_warnings.FRAUD_TYPES)
        raise Refusal(f"The fraud_type must be one of {known}.", param="fraud_type")
    return presented(early_fraud_warnings.warn(world, charge_of(world, wanted), kind))


def payout(world: World, wanted: Orders) -> Obj:
    """Pay out everything available now, in every currency or in `currency`, as the schedule would.

    Raises `Refusal` when nothing is available.
    """
    only = wanted.get("currency")
    made = [payouts.collect(world, each) for each in ([only] if only else books.currencies(world))]
    found = [presented(each) for each in made if each]
    if not found:
        raise Refusal("Nothing is available to pay out. Move the clock on two days first.")
    return {"payouts": found}


def payout_fail(world: World, wanted: Orders) -> Obj:
    """Have a `payout` fail with a `code`; without one, the next to arrive fails a day later."""
    code = str(wanted.get("code", "account_closed"))
    if not wanted.get("payout"):
        payout_returns.order_failure(world, code)
        return {"next": code}
    found = world.store.get("payout", str(wanted["payout"]), "payout")
    return presented(payout_returns.fail(world, found, code))


def stripe_fee(world: World, wanted: Orders) -> Obj:
    """Have Stripe charge the account `amount` in `currency`, as for Radar or Billing."""
    movement = books.Movement(
        kind="stripe_fee",
        amount=-abs(number(wanted, "amount")),
        currency=str(wanted.get("currency", "usd")),
        source=None,
        description=str(wanted.get("description", "Billing - Usage Fee")),
        at_once=True,
    )
    return presented(books.record(world, movement))


def bank_lines(world: World, _wanted: Orders) -> Obj:
    """Tell what the bank would: a CAMT.053 statement of the payouts that arrived."""
    return {"camt053": bank_statement.statement(world)}


def charge_of(world: World, wanted: Orders) -> Obj:
    """The charge an order is about.  Raises `Refusal` (404)."""
    if wanted.get("charge"):
        return world.store.get("charge", wanted["charge"], "charge")
    identifier = str(wanted.get("payment_intent"))
    intent = world.store.get("payment_intent", identifier, "payment_intent")
    return world.store.get("charge", str(intent["latest_charge"]), "charge")


def _dispute(world: World, wanted: Orders) -> Obj:
    return world.store.get("dispute", str(wanted.get("dispute")), "dispute")


VERBS: Final[dict[str, Callable[[World, Orders], Obj]]] = {
    "bank_statement": bank_lines,
    "dispute": dispute,
    "dispute_close": dispute_close,
    "dispute_escalate": dispute_escalate,
    "early_fraud_warning": early_fraud_warning,
    "payout": payout,
    "payout_fail": payout_fail,
    "refund": refund,
    "refund_fail": refund_fail,
    "refund_wait": refund_wait,
    "stripe_fee": stripe_fee,
}
