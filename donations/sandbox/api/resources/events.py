"""Events: to catch up with what was missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj

_MOST_TYPES = 20


@operation("GET", "/v1/events", "EventListParams")
def list_events(call: Call) -> Obj:
    """Events, the newest first; `delivery_success` false lists those the endpoint never took."""
    types = call.params.get("types") or []
    if len(types) > _MOST_TYPES:
        raise Refusal(f"You may pass up to {_MOST_TYPES} types.", param="types")
    return listed(
        call,
        "event",
        types=lambda event, wanted: event["type"] in wanted,
        type=lambda event, wanted: _matches(event["type"], wanted),
        delivery_success=lambda event, wanted: _delivered(call, event) is wanted,
    )


@operation("GET", "/v1/events/<id>", "EventRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One event."""
    return call.world.store.get("event", call.id)


def _matches(name: str, wanted: str) -> bool:
    return name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted


def _delivered(call: Call, event: Obj) -> bool:
    sent = call.world.outbox.of_event(event["id"])
    return all(each.state == "delivered" for each in sent)
