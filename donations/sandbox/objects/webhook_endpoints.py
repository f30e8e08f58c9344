"""Webhook endpoints made through the API, each with its own secret and choice of events."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from donations.sandbox import API_VERSION
from donations.sandbox.objects.metadata import merged, update
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

MOST: Final = 16


def create(world: World, given: Obj) -> Obj:
    """Make an endpoint.  The answer alone holds its `secret`.  Raises `Refusal`."""
    if len(world.store.tables.get("webhook_endpoint", {})) >= MOST:
        raise Refusal(f"You have reached the maximum of {MOST} test webhook endpoints.")
    _check(given)
    if given.get("api_version", API_VERSION) != API_VERSION:
        raise Refusal(f"The sandbox sends {API_VERSION} only.", param="api_version")
    endpoint = world.make(
        "webhook_endpoint",
        "we",
        url=given["url"],
        enabled_events=given["enabled_events"],
        api_version=given.get("api_version"),
        description=given.get("description") or None,
        metadata=merged({}, given.get("metadata")),
        status="enabled",
        _secret="whsec_" + secrets.token_hex(16),
    )
    return endpoint | {"secret": endpoint["_secret"]}


def change(endpoint: Obj, given: Obj) -> Obj:
    """Lay `given` over the endpoint."""
    _check(given)
    names = [name for name in ("url", "enabled_events", "description") if name in given]
    update(endpoint, given, *names)
    if "disabled" in given:
        endpoint["status"] = "disabled" if given["disabled"] else "enabled"
    return endpoint


def delete(world: World, endpoint: Obj) -> Obj:
    """What was still to be sent there is given up when its turn comes."""
    world.store.remove(endpoint)
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def _check(given: Obj) -> None:
    url = given.get("url")
    if url is not None and not url.startswith(("http://", "https://")):
        raise Refusal("Invalid URL: An explicit scheme (such as https) must be provided.",
                      code="url_invalid", param="url")  # fmt: skip
    if "enabled_events" in given and not given["enabled_events"]:
        raise Refusal("You must enable at least one event.", param="enabled_events")
