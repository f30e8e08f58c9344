"""Early fraud warnings: the card's issuer believes a charge is fraud, before anyone disputes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

KIND: Final = "radar.early_fraud_warning"
FRAUD_TYPES: Final = (
    "card_never_received", "fraudulent_card_application", "made_with_counterfeit_card",
    "made_with_lost_card", "made_with_stolen_card", "misc", "unauthorized_use_of_card",
)  # fmt: skip


def warn(world: World, charge: Obj, fraud_type: str = "misc") -> Obj:
    """The issuer warns of `charge`; no money moves.  Actionable unless refunded or disputed."""
    warning = world.make(
        KIND,
        "issfr",
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        fraud_type=fraud_type,
        actionable=not (charge["refunded"] or charge["disputed"]),
    )
    world.emit("radar.early_fraud_warning.created", warning)
    return warning


def settle(world: World, charge: Obj) -> None:
    """Nothing is left to do about a charge that was wholly refunded or is disputed."""
    for warning in world.store.owned(KIND, "charge", charge["id"]):
        if warning["actionable"]:
            warning["actionable"] = False
            world.emit("radar.early_fraud_warning.updated", warning, {"actionable": True})
