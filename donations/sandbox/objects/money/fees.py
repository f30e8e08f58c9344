"""What Stripe keeps of a charge, for a dispute, of an instant payout; how money is converted."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from donations.kernel.currencies import CURRENCIES

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

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
_DISPUTE_FEE: Final = {"usd": 1500, "eur": 2000, "gbp": 2000, "jpy": 1500}
_INSTANT_PERCENT: Final = Decimal("1.5")
_HOME: Final = "US"


def settled(world: World, amount: int, currency: str) -> tuple[int, str, Decimal | None]:
    """`amount` in the currency it settles in, and the rate if that is another one."""
    ordered = world.faults.settlement.get(currency)
    if not ordered:
        return amount, currency, None
    target, rate = ordered[0], Decimal(ordered[1])
    shift = CURRENCIES[target].exponent - CURRENCIES[currency].exponent
    return _whole(Decimal(amount).scaleb(shift) * rate), target, rate


def of_charge(world: World, amount: int, currency: str, method: Obj | None = None) -> list[Obj]:
    """The fees of a charge by `method`, as `fee_details` names them, in the settlement currency.

    The fault `fee` orders another percentage and fixed part; `international` and `conversion` add
    percentages for cards from elsewhere and for converted charges, `tax` one of the fee itself.
    """
    landed, target, rate = settled(world, amount, currency)
    ordered = world.faults.fee
    usual_percent, usual_fixed = _FEES.get(target, _OTHER_FEE)
    percent = Decimal(str(ordered.get("percent", usual_percent)))
    fixed = int(ordered.get("fixed", usual_fixed))
    country = ((method or {}).get("card") or {}).get("country", _HOME)
    if country != _HOME:
        percent += Decimal(str(ordered.get("international", 0)))
    if rate is not None:
        percent += Decimal(str(ordered.get("conversion", 0)))
    fee = _whole(landed * percent / 100) + fixed
    tax = _whole(fee * Decimal(str(ordered.get("tax", 0))) / 100)
    details = [_detail(fee, target, "stripe_fee", "Stripe processing fees")] if fee else []
    return details + ([_detail(tax, target, "tax", "Tax on Stripe fees")] if tax else [])


def of_dispute(world: World, currency: str) -> list[Obj]:
    """What losing the money to a dispute costs besides; never returned."""
    target = settled(world, 0, currency)[1]
    fee = _DISPUTE_FEE.get(target, 0)
    return [_detail(fee, target, "stripe_fee", "Dispute fee")] if fee else []


def of_instant_payout(amount: int, currency: str) -> list[Obj]:
    """What it costs to have a payout at once."""
    fee = _whole(amount * _INSTANT_PERCENT / 100)
    return [_detail(fee, currency, "stripe_fee", "Instant Payout fee")] if fee else []


def _detail(amount: int, currency: str, kind: str, says: str) -> Obj:
    return {"amount": amount, "currency": currency, "type": kind, "description": says}


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
