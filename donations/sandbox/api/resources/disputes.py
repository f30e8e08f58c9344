"""Disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import disputes

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


@operation("POST", "/v1/disputes/<id>", "DisputeUpdateParams")
def update(call: Call) -> Obj:
    """Give evidence."""
    return disputes.change(call.world, call.world.store.get("dispute", call.id), call.params)


@operation("POST", "/v1/disputes/<id>/close", "DisputeCloseParams")
def close(call: Call) -> Obj:
    """Accept the loss."""
    return disputes.close(call.world, call.world.store.get("dispute", call.id), won=False)
