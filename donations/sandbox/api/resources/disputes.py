"""Disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.money import dispute_evidence, disputes

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("GET", "/v1/disputes", "DisputeListParams")
def list_disputes(call: Call) -> Obj:
    """Disputes, the newest first."""
    return listed(call, "dispute")


@operation("GET", "/v1/disputes/<id>", "DisputeRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One dispute."""
    return call.world.store.get("dispute", call.id)


@operation(
    "POST",
    "/v1/disputes/<id>",
    "DisputeUpdateParams",
    without=("evidence.appeal", "evidence.enhanced_evidence"),
)
def update(call: Call) -> Obj:
    """Give evidence."""
    dispute = call.world.store.get("dispute", call.id)
    return dispute_evidence.change(call.world, dispute, call.params)


@operation("POST", "/v1/disputes/<id>/close", "DisputeCloseParams")
def close(call: Call) -> Obj:
    """Accept the loss."""
    dispute = call.world.store.get("dispute", call.id)
    return disputes.close(call.world, dispute, won=False)
