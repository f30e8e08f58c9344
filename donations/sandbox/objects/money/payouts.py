"""Payouts: money on its way to the newsroom's bank, by the schedule or by hand."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.metadata import merged
from donations.sandbox.objects.money import books, fees, payout_returns
from donations.sandbox.objects.money.bank_accounts import bank_account
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

SUBMITTED_AFTER_SECONDS: Final = 3_600
INSTANT_AFTER_SECONDS: Final = 1_800
LONGEST_DESCRIPTOR: Final = 22


def collect(world: World, currency: str) -> Obj | None:
    """Pay out everything available in `currency`, line by line; nothing when that is not money."""
    lines = books.waiting(world, currency)
    amount = books.held(world, "available", currency)
    if amount <= 0:
        return None
    taken = list(lines)
    lines.clear()
    payout = _make(world, amount, currency, automatic=True, description="STRIPE PAYOUT")
    payout["_lines"] = [*taken, payout["balance_transaction"]]
    world.emit("payout.created", payout)
    return payout


def create(world: World, given: Obj) -> Obj:
    """Pay out by hand.  Raises `Refusal` when there is not that much, `balance_insufficient`."""
    amount, currency = given["amount"], given["currency"].lower()
    _check(world, given, amount, currency)
    payout = _make(
        world,
        amount,
        currency,
        automatic=False,
        method=given.get("method", "standard"),
        description=given.get("description"),
        metadata=merged({}, given.get("metadata")),
        statement_descriptor=given.get("statement_descriptor"),
    )
    world.emit("payout.created", payout)
    return payout


def submit(world: World, due: Due) -> None:
    """The payout goes to the bank; what an automatic one is made of can be asked for now."""
    payout = world.store.find("payout", due.target)
    if payout is None or payout["status"] != "pending":
        return
    payout["status"] = "in_transit"
    world.emit("payout.updated", payout, {"status": "pending"})
    if payout["automatic"]:
        payout["reconciliation_status"] = "completed"
        world.emit("payout.reconciliation_completed", payout)


def arrive(world: World, due: Due) -> None:
    """The money is at the bank; an ordered failure shows a day later."""
    payout = world.store.find("payout", due.target)
    if payout is None or payout["status"] not in {"pending", "in_transit"}:
        return
    submit(world, due)
    trace = f"{secrets.randbelow(10**15):015}"
    payout |= {"status": "paid", "trace_id": {"status": "supported", "value": trace}}
    pending: Obj = {"status": "pending", "value": None}
    world.emit("payout.updated", payout, {"status": "in_transit", "trace_id": pending})
    world.emit("payout.paid", payout)
    payout_returns.expect_ordered(world, payout)


def _make(world: World, amount: int, currency: str, **values: object) -> Obj:
    """A payout on its way, with its line, in the sandbox's own time."""
    with world.clock.at(None):
        now = world.clock.now()
        at_once = values.get("method") == "instant"
        arrival = now + INSTANT_AFTER_SECONDS if at_once else books.midnight(now, 1)
        payout = world.make(
            "payout",
            "po",
            amount=amount,
            currency=currency,
            arrival_date=arrival,
            destination=bank_account(world, currency)["id"],
            reconciliation_status="in_progress" if values["automatic"] else "not_applicable",
            source_type="card",
            status="pending",
            trace_id={"status": "pending", "value": None},
            type="bank_account",
            **({"method": "standard", "metadata": {}} | values),
        )
        entry = books.record(world, _line(payout))
        payout["balance_transaction"] = entry["id"]
        submitted = now if at_once else min(now + SUBMITTED_AFTER_SECONDS, arrival)
        world.timeline.expect(submitted, "payout.submit", payout["id"])
        world.timeline.expect(arrival, "payout.arrive", payout["id"])
    return payout


def _line(payout: Obj) -> books.Movement:
    amount, currency = payout["amount"], payout["currency"]
    return books.Movement(
        kind="payout",
        amount=-amount,
        currency=currency,
        source=payout["id"],
        description=payout["description"],
        fees=fees.of_instant_payout(amount, currency) if payout["method"] == "instant" else [],
        at_once=True,
        unpaid=not payout["automatic"],
    )


def _check(world: World, given: Obj, amount: int, currency: str) -> None:
    if amount < 1:
        raise Refusal(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount",
        )
    descriptor = given.get("statement_descriptor")
    if descriptor and len(descriptor) > LONGEST_DESCRIPTOR:
        raise Refusal(
            f"The statement descriptor must be at most {LONGEST_DESCRIPTOR} characters.",
            param="statement_descriptor",
        )
    if currency not in books.currencies(world):
        raise Refusal(f"Sorry, you don't have any external accounts in that currency ({currency}).")
    wanted = given.get("destination")
    if wanted and wanted != bank_account(world, currency)["id"]:
        raise Refusal(
            f"No such external account: '{wanted}'", code="resource_missing", param="destination"
        )
    source = given.get("source_type", "card")
    there = books.held(world, "available", currency)
    if given.get("method") == "instant":
        there += books.held(world, "pending", currency)
        amount += sum(fee["amount"] for fee in fees.of_instant_payout(amount, currency))
    if source != "card" or amount > there:
        raise Refusal(
            "You have insufficient funds in your Stripe account for this transfer. Your "
            f"{source} balance is too low.  You can use the /v1/balance endpoint to view your "
            "Stripe balance (for more details, see stripe.com/docs/api#balance).",
            code="balance_insufficient",
        )
