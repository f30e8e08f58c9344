"""The billing portal: configurations, and the sessions that open it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.portal import portal_configurations, portal_sessions

if TYPE_CHECKING:
    from donations.sandbox import Obj

_FEATURES_WITHOUT = (
    "features.payment_method_update.payment_method_configuration",
    "features.subscription_cancel.cancellation_reason.feedback_options",
    "features.subscription_update.schedule_at_period_end",
    "features.subscription_update.trial_update_behavior",
)


@operation(
    "POST",
    "/v1/billing_portal/configurations",
    "billing_portal.ConfigurationCreateParams",
    without=_FEATURES_WITHOUT,
)
def create_configuration(call: Call) -> Obj:
    """Make a configuration."""
    return portal_configurations.create(call.world, call.params)


@operation("GET", "/v1/billing_portal/configurations", "billing_portal.ConfigurationListParams")
def list_configurations(call: Call) -> Obj:
    """Configurations, the newest first; the default one is always among them."""
    portal_configurations.default(call.world)
    return listed(call, portal_configurations.KIND)


@operation(
    "GET",
    "/v1/billing_portal/configurations/<id>",
    "billing_portal.ConfigurationRetrieveParams",
)
def retrieve_configuration(call: Call) -> Obj:
    """One configuration."""
    return call.world.store.get(portal_configurations.KIND, call.id)


@operation(
    "POST",
    "/v1/billing_portal/configurations/<id>",
    "billing_portal.ConfigurationUpdateParams",
    without=_FEATURES_WITHOUT,
)
def update_configuration(call: Call) -> Obj:
    """Change a configuration."""
    configuration = call.world.store.get(portal_configurations.KIND, call.id)
    return portal_configurations.change(call.world, configuration, call.params)


@operation(
    "POST",
    "/v1/billing_portal/sessions",
    "billing_portal.SessionCreateParams",
    without=(
        "customer_account",
        "on_behalf_of",
        "flow_data.subscription_cancel.retention",
        "flow_data.subscription_update_confirm.discounts",
    ),
)
def create_session(call: Call) -> Obj:
    """Open the portal for a customer: the session's `url` is the login."""
    return portal_sessions.create(call.world, call.params)
