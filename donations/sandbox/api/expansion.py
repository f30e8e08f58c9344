"""`expand`: ids replaced by the objects they name, along the SDK's own annotations."""

from __future__ import annotations

from types import NoneType
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from stripe._list_object import ListObject
from stripe._stripe_object import StripeObject

from donations.sandbox.annotations.reading import alternatives, fields_of, resource
from donations.sandbox.objects.checkout.checkout import line_items
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import cloned, presented

if TYPE_CHECKING:
    from collections.abc import Callable

    from donations.sandbox import Obj
    from donations.sandbox.world import World

DEEPEST: Final = 4


def _payments(world: World, invoice: Obj) -> list[Obj]:
    every = world.store.owned("invoice_payment", "invoice", invoice["id"])
    return [presented(each) for each in every]


def _refunds(world: World, charge: Obj) -> list[Obj]:
    return [presented(each) for each in world.store.owned("refund", "charge", charge["id"])]


def _subscriptions(world: World, customer: Obj) -> list[Obj]:
    every = world.store.owned("subscription", "customer", customer["id"])
    return [presented(each) for each in every if each["status"] != "canceled"]


def _line_items(world: World, session: Obj) -> list[Obj]:
    return line_items(world.store.get("checkout.session", session["id"]))


_INCLUDED: Final[dict[tuple[str, str], Callable[[World, Obj], list[Obj]]]] = {
    ("checkout.session", "line_items"): _line_items,
    ("invoice", "payments"): _payments,
    ("charge", "refunds"): _refunds,
    ("customer", "subscriptions"): _subscriptions,
}


def _secret(world: World, invoice: Obj) -> Obj | None:
    kept = world.store.anything(invoice["id"]) or {}
    tie = world.store.find("invoice_payment", kept.get("_link"))
    if tie is None:
        return None
    intent = world.store.get("payment_intent", tie["payment"]["payment_intent"])
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


_TOLD_WHEN_ASKED: Final[dict[tuple[str, str], Callable[[World, Obj], Obj | None]]] = {
    ("invoice", "confirmation_secret"): _secret,
}


def expanded(world: World, answer: Obj, kind: str, paths: list[str]) -> Obj:
    """`answer` with every path expanded.  Raises `Refusal` for a path that cannot be."""
    full: Obj = cloned(answer)
    for path in paths:
        steps = path.split(".")
        if answer.get("object") == "list":
            if steps[0] != "data" or len(steps) == 1:
                raise _refused(path)
            steps = steps[1:]
        if len(steps) > DEEPEST:
            raise Refusal(
                f"You cannot expand more than {DEEPEST} levels of a property.", param="expand"
            )
        _check(resource(kind), steps, path)
        for each in full["data"] if full.get("object") == "list" else [full]:
            _expand(world, each, steps)
    return full


def _check(owner: type, steps: list[str], path: str) -> None:
    """Raise `Refusal` unless `steps` lead from `owner` to something that can be expanded."""
    fields = fields_of(owner)
    step, rest = steps[0], steps[1:]
    if step not in fields:
        raise _refused(path)
    if (getattr(owner, "OBJECT_NAME", ""), step) in _TOLD_WHEN_ASKED and not rest:
        return
    classes, expandable = _classes_of(fields[step])
    if rest and rest[0] == "data" and _is_list(fields[step]):
        rest = rest[1:]
    if not rest:
        if not (expandable or _is_list(fields[step])):
            raise _refused(path)
        return
    for each in classes:
        try:
            _check(each, rest, path)
        except Refusal:
            continue
        return
    raise _refused(path)


def _classes_of(kind: Any) -> tuple[list[type], bool]:  # noqa: ANN401
    """The object classes inside a field's type, and whether an id may stand there instead."""
    classes: list[type] = []
    expandable = False
    for arm in alternatives(kind):
        outer, inner = get_origin(arm) or arm, get_args(arm)
        if outer is str:
            expandable = True
        elif outer in (list, ListObject):
            found, inside = _classes_of(inner[0])
            classes += found
            expandable = expandable or inside
        elif isinstance(outer, type) and issubclass(outer, StripeObject):
            classes.append(outer)
        elif inner and arm is not NoneType:
            found, inside = _classes_of(arm) if arm is not kind else ([], False)
            classes += found
            expandable = expandable or inside
    return classes, expandable and bool(classes)


def _is_list(kind: Any) -> bool:  # noqa: ANN401
    return any(get_origin(arm) is ListObject for arm in alternatives(kind))


def _expand(world: World, holder: Obj, steps: list[str]) -> None:
    step, rest = steps[0], steps[1:]
    told = _TOLD_WHEN_ASKED.get((str(holder.get("object")), step))
    if told:
        holder[step] = told(world, holder)
        return
    included = _INCLUDED.get((str(holder.get("object")), step))
    if included and step not in holder:
        data = cloned(included(world, holder))
        url = f"/v1/{step}"
        holder[step] = {"object": "list", "data": data, "has_more": False, "url": url}
    value = holder.get(step)
    if isinstance(value, str):
        value = holder[step] = _object(world, value)
    elif isinstance(value, list):
        value = holder[step] = [
            _object(world, each) if isinstance(each, str) else each for each in value
        ]
    if rest:
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                _expand(world, inner, rest)


def _object(world: World, identifier: str) -> Any:  # noqa: ANN401
    found = world.store.anything(identifier)
    if found is None:
        return identifier
    if found.get("deleted"):
        return {"id": identifier, "object": found["object"], "deleted": True}
    full: Obj = cloned(presented(found))
    return full


def _refused(path: str) -> Refusal:
    return Refusal(f"This property cannot be expanded ({path}).", param="expand")
