"""Balance transactions: every movement of money, with Stripe's fee, in the settlement currency."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from donations.kernel.currencies import CURRENCIES
from donations.sandbox.annotations.shaping import shaped

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

DAY: Final = 86_400
AVAILABLE_AFTER_DAYS: Final = 2
_FEES: Final = {  # percentage, fixed part in minor units
    "usd": ("2.9", 30),
    "eur": ("1.5", 25),
    "gbp": ("1.5", 20),
    "cad": ("2.9", 30),
    "aud": ("1.7", 30),
    "chf": ("2.9", 30),
    "jpy": ("3.6", 0),
}
_OTHER_FEE: Final = ("2.9", 0)
DISPUTE_FEE: Final = {"usd": 1500, "eur": 2000, "gbp": 2000, "jpy": 1500}
_OTHER_DISPUTE_FEE: Final = 0


@dataclass(frozen=True, slots=True)
class Movement:
    """A line to book: `amount` signed, as charged; `fee` in the settlement currency."""

    kind: str
    category: str
    amount: int
    currency: str
    source: str
    description: str | None = None
    fee: int = 0
    fee_says: str = "Stripe processing fees"
    at_once: bool = False


def record(world: World, movement: Movement) -> Obj:
    """Book one movement; the funds become available two days later, or at once."""
    amount, currency, rate = settled(world, movement.amount, movement.currency)
    available = world.clock.now() + (0 if movement.at_once else AVAILABLE_AFTER_DAYS * DAY)
    fee = {"amount": movement.fee, "currency": currency, "type": "stripe_fee"}
    entry = world.make(
        "balance_transaction",
        "txn",
        amount=amount,
        currency=currency,
        exchange_rate=float(rate) if rate else None,
        fee=movement.fee,
        fee_details=[fee | {"description": movement.fee_says}] if movement.fee else [],
        net=amount - movement.fee,
        type=movement.kind,
        reporting_category=movement.category,
        source=movement.source,
        description=movement.description,
        balance_type="payments",
        status="available" if movement.at_once else "pending",
        available_on=available,
    )
    if not movement.at_once:
        world.timeline.expect(available, "funds.available", entry["id"])
    return entry


def settled(world: World, amount: int, currency: str) -> tuple[int, str, Decimal | None]:
    """`amount` in the currency it settles in, and the rate if that is another one."""
    ordered = world.faults.settlement.get(currency)
    if not ordered:
        return amount, currency, None
    target, rate = ordered[0], Decimal(ordered[1])
    shift = CURRENCIES[target].exponent - CURRENCIES[currency].exponent
    return _whole(Decimal(amount).scaleb(shift) * rate), target, rate


def charge_fee(world: World, amount: int, currency: str) -> int:
    """Stripe's fee for a charge, in minor units of the settlement currency."""
    landed, target, _ = settled(world, amount, currency)
    percentage, fixed = _FEES.get(target, _OTHER_FEE)
    return _whole(landed * Decimal(percentage) / 100) + fixed


def dispute_fee(world: World, currency: str) -> int:
    """What losing the money to a dispute costs besides; never returned."""
    return DISPUTE_FEE.get(settled(world, 0, currency)[1], _OTHER_DISPUTE_FEE)


def become_available(world: World, due: Due) -> None:
    """The funds of one balance transaction are no longer pending."""
    entry = world.store.find("balance_transaction", due.target)
    if entry:
        entry["status"] = "available"


def balance(world: World) -> Obj:
    """The account's balance now, available and pending, by currency."""
    sums: dict[str, Counter[str]] = {"available": Counter(), "pending": Counter()}
    for entry in world.store.all("balance_transaction"):
        sums[entry["status"]][entry["currency"]] += entry["net"]
        sums["pending" if entry["status"] == "available" else "available"][entry["currency"]] += 0
    return shaped("balance", {"livemode": False} | {name: _amounts(s) for name, s in sums.items()})


def _amounts(sums: Counter[str]) -> list[Obj]:
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(sums.items())
    ]


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
