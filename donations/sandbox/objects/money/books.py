"""Balance transactions: every movement of money, with Stripe's fee, in the settlement currency.

The balance belongs to the account, not to a test clock: its lines live in the sandbox's own time.
Lines whose funds are available and which no automatic payout has taken along are `waiting`;
their sum is the available balance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from donations.sandbox.annotations.shaping import shaped
from donations.sandbox.objects.account_settings import settings
from donations.sandbox.objects.money import fees

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from donations.sandbox import Obj
    from donations.sandbox.world import World

DAY: Final = 86_400
_PAYOUT_KINDS: Final = ("payout", "payout_cancel", "payout_failure")
_CATEGORIES: Final = {
    "charge": "charge", "payment": "charge", "refund": "refund", "payment_refund": "refund",
    "refund_failure": "refund_failure", "payment_failure_refund": "charge_failure",
    "stripe_fee": "fee", "payout": "payout", "payout_cancel": "payout_reversal",
    "payout_failure": "payout_reversal",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Movement:
    """A line to book: `amount` signed, as charged; `fees` in the settlement currency.

    `category` is told by `kind` but for adjustments; a line not `unpaid` no payout takes along.
    """

    kind: str
    amount: int
    currency: str
    source: str | None
    category: str = ""
    description: str | None = None
    fees: list[Obj] = field(default_factory=list)
    at_once: bool = False
    unpaid: bool = True


def record(world: World, movement: Movement) -> Obj:
    """Book one movement; the funds become available at a midnight (UTC) to come, or at once."""
    with world.clock.at(None):
        amount, currency, rate = _settled(world, movement)
        fee = sum(each["amount"] for each in movement.fees)
        days = 0 if movement.at_once else settings(world)["payouts"]["delay_days"]
        now = world.clock.now()
        entry = world.make(
            "balance_transaction",
            "txn",
            amount=amount,
            currency=currency,
            exchange_rate=float(rate) if rate else None,
            fee=fee,
            fee_details=movement.fees,
            net=amount - fee,
            type=movement.kind,
            reporting_category=movement.category or _CATEGORIES[movement.kind],
            source=movement.source,
            description=movement.description,
            balance_type="payments",
            status="pending" if days else "available",
            available_on=midnight(now, days) if days else now,
        )
        _enter(world, entry, unpaid=movement.unpaid)
    return entry


def look_again(world: World) -> None:
    """Have the next midnight come, though no funds become available then."""
    with world.clock.at(None):
        _batch(world, midnight(world.clock.now(), 1))


def midnight(moment: int, days: int) -> int:
    """The beginning of the day (UTC) `days` after that of `moment`."""
    return moment - moment % DAY + days * DAY


def release(world: World) -> set[str]:
    """Make available what is due by now.  Returns the currencies in which anything was."""
    moved: set[str] = set()
    batches: dict[str, list[str]] = world.store.beside.get("funds", {})
    for moment in [each for each in batches if int(each) <= world.clock.now()]:
        for identifier in batches.pop(moment):
            entry = world.store.get("balance_transaction", identifier)
            entry["status"] = "available"
            count(world, "pending", entry["currency"], -entry["net"])
            count(world, "available", entry["currency"], entry["net"])
            waiting(world, entry["currency"]).append(identifier)
            moved.add(entry["currency"])
    return moved


def waiting(world: World, currency: str) -> list[str]:
    """The available lines of `currency` that no automatic payout has taken along, to change."""
    kept: dict[str, list[str]] = world.store.beside.setdefault("unpaid", {})
    return kept.setdefault(currency, [])


def currencies(world: World) -> list[str]:
    """The currencies with money in them now or once."""
    sums = _sums(world)
    return sorted({*sums["available"], *sums["pending"]})


def held(world: World, name: str, currency: str) -> int:
    """The sum called `available`, `pending` or `paid_out`, in minor units of `currency`."""
    return _sums(world)[name].get(currency, 0)


def paid_out(world: World) -> dict[str, int]:
    """What has left for the bank and not come back, by currency."""
    return dict(_sums(world)["paid_out"])


def balance(world: World) -> Obj:
    """The account's balance now, by currency: available, pending, payable at once."""
    found: dict[str, list[Obj]] = {"available": [], "pending": [], "instant_available": []}
    for currency in currencies(world):
        for name in ("available", "pending"):
            found[name].append(_amount(held(world, name, currency), currency))
        at_once = held(world, "available", currency) + held(world, "pending", currency)
        found["instant_available"].append(_amount(max(0, at_once), currency))
    return shaped("balance", {"livemode": False, **found})


def lines_of(world: World, payout: Obj) -> Iterator[Obj]:
    """The lines an automatic payout took along, its own first, then the newest first."""
    for identifier in reversed(payout.get("_lines", [])):
        yield world.store.get("balance_transaction", identifier)


def count(world: World, name: str, currency: str, amount: int) -> None:
    """Add to one of the sums."""
    sums = _sums(world)[name]
    sums[currency] = sums.get(currency, 0) + amount


def charge_fees(world: World, charge: Obj) -> list[Obj]:
    """The fees of a charge, by the method that paid it."""
    method = world.store.find("payment_method", charge["payment_method"])
    return fees.of_charge(world, charge["amount_captured"], charge["currency"], method)


def _settled(world: World, movement: Movement) -> tuple[int, str, Decimal | None]:
    """What a reader paid or gets back is converted; what is in the balance already is not."""
    if movement.kind in (*_PAYOUT_KINDS, "stripe_fee"):
        return movement.amount, movement.currency, None
    return fees.settled(world, movement.amount, movement.currency)


def _enter(world: World, entry: Obj, *, unpaid: bool) -> None:
    """Count a line, and have the day looked at on which something is to be done about it."""
    currency, available = entry["currency"], entry["status"] == "available"
    count(world, entry["status"], currency, entry["net"])
    if entry["type"] in _PAYOUT_KINDS:
        count(world, "paid_out", currency, -entry["amount"])
    if available and unpaid:
        waiting(world, currency).append(entry["id"])
    if available:
        look_again(world)
    else:
        _batch(world, entry["available_on"]).append(entry["id"])


def _batch(world: World, day: int) -> list[str]:
    """The lines whose funds become available on `day`, to change; the day is expected."""
    batches: dict[str, list[str]] = world.store.beside.setdefault("funds", {})
    if str(day) not in batches:
        batches[str(day)] = []
        world.timeline.expect(day, "funds.available", str(day))
    return batches[str(day)]


def _sums(world: World) -> dict[str, dict[str, int]]:
    blank: dict[str, dict[str, int]] = {"available": {}, "pending": {}, "paid_out": {}}
    kept: dict[str, dict[str, int]] = world.store.beside.setdefault("sums", blank)
    return kept


def _amount(amount: int, currency: str) -> Obj:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
