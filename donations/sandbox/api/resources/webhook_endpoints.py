"""Webhook endpoints: where else events go, beside the address the sandbox was started with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import webhook_endpoints

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("POST", "/v1/webhook_endpoints", "WebhookEndpointCreateParams", without=("connect",))
def create(call: Call) -> Obj:
    """Have events sent to one more address; the only answer that holds the secret."""
    return webhook_endpoints.create(call.world, call.params)


@operation("GET", "/v1/webhook_endpoints", "WebhookEndpointListParams")
def list_endpoints(call: Call) -> Obj:
    """The endpoints, the newest first."""
    return listed(call, "webhook_endpoint")


@operation("GET", "/v1/webhook_endpoints/<id>", "WebhookEndpointRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One endpoint."""
    return call.world.store.get("webhook_endpoint", call.id)


@operation("POST", "/v1/webhook_endpoints/<id>", "WebhookEndpointUpdateParams")
def update(call: Call) -> Obj:
    """Move an endpoint, change what it is sent, or turn it off and on."""
    endpoint = call.world.store.get("webhook_endpoint", call.id)
    return webhook_endpoints.change(endpoint, call.params)


@operation("DELETE", "/v1/webhook_endpoints/<id>", "WebhookEndpointDeleteParams")
def delete(call: Call) -> Obj:
    """Send nothing there any more."""
    return webhook_endpoints.delete(call.world, call.world.store.get("webhook_endpoint", call.id))
