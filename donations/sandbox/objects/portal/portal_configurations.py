"""Portal configurations: what readers may do in the billing portal."""

from __future__ import annotations

import copy
import secrets
from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.objects.metadata import merged
from donations.sandbox.objects.portal import portal_features
from donations.sandbox.objects.portal.portal_addresses import check_url
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

KIND: Final = "billing_portal.configuration"
_LONGEST_HEADLINE: Final = 60
_SAVED_IN_THE_DASHBOARD: Final[Obj] = {
    "customer_update": {
        "enabled": True,
        "allowed_updates": ["name", "email", "address", "phone"],
    },
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {
        "enabled": True,
        "cancellation_reason": {"enabled": True},
    },
}


def create(world: World, given: Obj) -> Obj:
    """Make a configuration and tell.  Raises `Refusal`."""
    configuration = _make(world, given)
    world.emit("billing_portal.configuration.created", configuration)
    return configuration


def change(world: World, configuration: Obj, given: Obj) -> Obj:
    """Lay `given` over a configuration and tell what changed.  Raises `Refusal`."""
    if configuration["is_default"] and given.get("active") is False:
        raise Refusal("You cannot deactivate the default configuration.", param="active")
    fresh = _read(world, configuration, given)
    before = {name: configuration[name] for name in fresh if fresh[name] != configuration[name]}
    if before:
        before["updated"] = configuration["updated"]
        configuration |= fresh | {"updated": world.clock.now()}
        world.emit("billing_portal.configuration.updated", configuration, before)
    return configuration


def default(world: World) -> Obj:
    """The default configuration, made when first asked for.

    Stripe makes it when the portal's settings are saved in the dashboard; the sandbox has none to
    save, so they count as saved.
    """
    found = world.store.find(KIND, world.store.beside.get("portal_default"))
    if found is None:
        with world.clock.at(None):
            found = _make(world, {"features": _SAVED_IN_THE_DASHBOARD}, is_default=True)
        world.store.beside["portal_default"] = found["id"]
    return found


def usable(world: World, identifier: str | None) -> Obj:
    """The configuration a session asks for, or the default one.  Raises `Refusal`."""
    if identifier is None:
        return default(world)
    configuration = world.store.get(KIND, identifier, "configuration")
    if not configuration["active"]:
        raise Refusal(
            f"The configuration {identifier} is inactive: it cannot be used to create portal "
            "sessions.",
            param="configuration",
        )
    return configuration


def _make(world: World, given: Obj, *, is_default: bool = False) -> Obj:
    blank: Obj = {
        "active": True,
        "business_profile": dict.fromkeys(
            ("headline", "privacy_policy_url", "terms_of_service_url")
        ),
        "default_return_url": None,
        "features": portal_features.OFF,
        "login_page": {"enabled": False, "url": None},
        "metadata": {},
        "name": None,
    }
    return world.make(
        KIND,
        "bpc",
        **(blank | _read(world, blank, given)),
        is_default=is_default,
        updated=world.clock.now(),
    )


def _read(world: World, kept: Obj, given: Obj) -> Obj:
    """The fields of a configuration that `given` speaks of, as they are to become."""
    fresh: Obj = {name: given[name] for name in ("active",) if name in given}
    fresh |= {name: given[name] or None for name in ("default_return_url", "name") if name in given}
    check_url(fresh.get("default_return_url"), "default_return_url")
    if "features" in given:
        fresh["features"] = portal_features.laid_over(world, kept["features"], given["features"])
    if "business_profile" in given:
        fresh["business_profile"] = _profile(kept["business_profile"], given["business_profile"])
    if "metadata" in given:
        fresh["metadata"] = merged(kept["metadata"], given["metadata"])
    if "login_page" in given:
        fresh["login_page"] = _login(world, kept["login_page"], given["login_page"])
    return copy.deepcopy(fresh)


def _profile(kept: Obj, given: Obj) -> Obj:
    headline: Any = given.get("headline") or ""
    if len(headline) > _LONGEST_HEADLINE:
        raise Refusal(
            f"The headline can have at most {_LONGEST_HEADLINE} characters.",
            param="business_profile[headline]",
        )
    for name in ("privacy_policy_url", "terms_of_service_url"):
        check_url(given.get(name), f"business_profile[{name}]")
    return kept | {name: value or None for name, value in given.items()}


def _login(world: World, kept: Obj, given: Obj) -> Obj:
    if not given["enabled"]:
        return {"enabled": False, "url": None}
    if kept["enabled"]:
        return kept
    token = secrets.token_urlsafe(12)
    return {"enabled": True, "url": f"{world.base_url}/p/login/test_{token}"}
