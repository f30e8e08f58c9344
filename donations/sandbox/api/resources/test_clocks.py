"""Test clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import test_clocks

if TYPE_CHECKING:
    from donations.sandbox import Obj

_AT = "/v1/test_helpers/test_clocks"


@operation("POST", _AT, "test_helpers.TestClockCreateParams")
def create(call: Call) -> Obj:
    """Make a clock."""
    return test_clocks.create(call.world, call.params)


@operation("GET", _AT, "test_helpers.TestClockListParams")
def list_clocks(call: Call) -> Obj:
    """Clocks, the newest first."""
    return listed(call, test_clocks.KIND)


@operation("GET", f"{_AT}/<id>", "test_helpers.TestClockRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One clock."""
    return call.world.store.get(test_clocks.KIND, call.id)


@operation("POST", f"{_AT}/<id>/advance", "test_helpers.TestClockAdvanceParams")
def advance(call: Call) -> Obj:
    """Start moving a clock."""
    clock = call.world.store.get(test_clocks.KIND, call.id)
    return test_clocks.advance(call.world, clock, call.params["frozen_time"])


@operation("DELETE", f"{_AT}/<id>", "test_helpers.TestClockDeleteParams")
def delete(call: Call) -> Obj:
    """Delete a clock and what lives by it."""
    return test_clocks.delete(call.world, call.world.store.get(test_clocks.KIND, call.id))
