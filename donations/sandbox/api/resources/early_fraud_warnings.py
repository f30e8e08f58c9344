"""Early fraud warnings: to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.money.early_fraud_warnings import KIND

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("GET", "/v1/radar/early_fraud_warnings", "radar.EarlyFraudWarningListParams")
def list_warnings(call: Call) -> Obj:
    """Warnings, the newest first."""
    return listed(call, KIND)


@operation("GET", "/v1/radar/early_fraud_warnings/<id>", "radar.EarlyFraudWarningRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One warning."""
    return call.world.store.get(KIND, call.id)
