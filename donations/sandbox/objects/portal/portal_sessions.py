"""Portal sessions: an address that is the login, for one customer and a short while."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import customers
from donations.sandbox.objects.portal import portal_configurations, portal_flows
from donations.sandbox.objects.portal.portal_addresses import check_url
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

KIND: Final = "billing_portal.session"
UNVISITED_SECONDS: Final = 5 * 60
IDLE_SECONDS: Final = 60 * 60


def create(world: World, given: Obj) -> Obj:
    """Make a session and tell.  Raises the `Refusal` Stripe would answer with."""
    if "customer" not in given:
        raise Refusal(
            "Missing required param: customer.", code="parameter_missing", param="customer"
        )
    customer = customers.live(world, given["customer"], "customer")
    configuration = portal_configurations.usable(world, given.get("configuration"))
    check_url(given.get("return_url"), "return_url")
    return _make(
        world,
        customer=customer["id"],
        configuration=configuration["id"],
        flow=portal_flows.checked(world, customer, configuration, given.get("flow_data")),
        locale=given.get("locale"),
        return_url=given.get("return_url") or configuration["default_return_url"],
        after_expiration=_after_expiration(given.get("after_expiration")),
    )


def of_token(world: World, token: str) -> Obj | None:
    """The session a portal address leads to, open or not."""
    found = world.store.owned(KIND, "_token", token)
    return found[0] if found else None


def is_open(world: World, session: Obj) -> bool:
    """Whether the address still lets its reader in."""
    customer = world.store.get("customer", session["customer"])
    if customer.get("deleted"):
        return False
    if session["_seen_at"] is None:
        return bool(_now(world) < session["_opened_at"] + UNVISITED_SECONDS)
    return bool(_now(world) < session["_seen_at"] + IDLE_SECONDS)


def visit(world: World, session: Obj) -> None:
    """The reader is there: another hour of use begins."""
    session["_seen_at"] = _now(world)


def replace(world: World, session: Obj, email: str) -> Obj | None:
    """A fresh session like an expired one, if it may be recovered and `email` is the customer's."""
    after = session["after_expiration"]
    customer = world.store.get("customer", session["customer"])
    if not after or customer.get("deleted"):
        return None
    deadline = after["customer_login"]["expires_at"]
    if deadline is not None and _now(world) > deadline:
        return None
    if not _same(email, customer["email"]):
        return None
    kept = ("customer", "configuration", "locale", "return_url", "after_expiration")
    return _make(world, flow=None, **{name: session[name] for name in kept})


def log_in(world: World, configuration: Obj, email: str) -> Obj | None:
    """A session for the newest customer with `email`, as a configuration's login page gives."""
    for customer in world.store.all("customer"):
        if not customer.get("deleted") and _same(email, customer["email"]):
            given = {"customer": customer["id"], "configuration": configuration["id"]}
            return create(world, given)
    return None


def _make(world: World, **values: object) -> Obj:
    token = "test_" + secrets.token_urlsafe(24)
    session = world.make(
        KIND,
        "bps",
        **values,
        url=f"{world.base_url}/p/session/{token}",
        _token=token,
        _opened_at=_now(world),
        _seen_at=None,
        _flow_done=False,
    )
    world.emit("billing_portal.session.created", session)
    return session


def _after_expiration(given: Obj | None) -> Obj | None:
    if given is None:
        return None
    deadline = (given.get("customer_login") or {}).get("expires_at")
    return {"type": given["type"], "customer_login": {"expires_at": deadline}}


def _now(world: World) -> int:
    """The sandbox's own present: a session does not live by its customer's test clock."""
    with world.clock.at(None):
        return world.clock.now()


def _same(typed: str, kept: str | None) -> bool:
    return bool(kept) and typed.strip().lower() == str(kept).lower()
