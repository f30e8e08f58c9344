"""Mandates: to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.operations import Call, operation

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("GET", "/v1/mandates/<id>", "MandateRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One mandate."""
    return call.world.store.get("mandate", call.id)
