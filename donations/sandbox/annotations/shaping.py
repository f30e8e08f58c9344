"""Shapes answers: the values one has, completed to every field the SDK declares."""

from __future__ import annotations

import functools
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

from stripe._list_object import ListObject
from stripe._stripe_object import StripeObject, UntypedStripeObject

from donations.sandbox.annotations.reading import alternatives, fields_of, resource
from donations.sandbox.annotations.walking import Problem, strictly, walk

if TYPE_CHECKING:
    from donations.sandbox import Obj

_ZERO: Final[dict[Any, Any]] = {str: "", int: 0, bool: False, float: 0, Decimal: "0", Any: None}


def shaped(kind: str, values: Obj) -> Obj:
    """An object of `kind` with every declared field: `values`, else null or an empty value.

    Lists that Stripe only includes when asked (`line_items`, `payments`) are left out.  Keys that
    begin with `_` are the sandbox's own and are carried along.
    """
    return _completed(resource(kind), {"object": kind, **values})


def problems_of(answer: Obj) -> list[Problem]:
    """What is wrong with an answer, by the SDK's annotations; empty when it is clean."""
    return walk(resource(answer["object"]), answer, strictly)[1]


def _completed(owner: type, values: Obj) -> Obj:
    absent = _left_out_of(owner)
    full: Obj = {}
    for name, kind in fields_of(owner).items():
        if name in values:
            full[name] = _filled(kind, values[name])
        elif name not in absent:
            full[name] = _empty(kind)
    return full | {name: value for name, value in values.items() if name not in full}


@functools.cache
def _left_out_of(owner: type) -> frozenset[str]:
    fields = fields_of(owner)
    return frozenset(name for name, kind in fields.items() if _left_out(name, kind, fields))


def _left_out(name: str, kind: Any, siblings: dict[str, Any]) -> bool:  # noqa: ANN401
    """Whether an absent field stays absent rather than null.

    Beside a `type`, objects named for the other types are absent in Stripe's answers; where the
    types are not enumerated, every object may be such a one.
    """
    arms = get_args(kind)
    if name == "deleted" or any(get_origin(arm) is ListObject for arm in arms):
        return True
    nested = any(isinstance(arm, type) and issubclass(arm, StripeObject) for arm in arms)
    expandable = str in arms
    if not (NoneType in arms and nested and not expandable and "type" in siblings):
        return False
    types = [get_args(arm) for arm in alternatives(siblings["type"]) if get_origin(arm) is Literal]
    return not types or any(name in names for names in types)


def _filled(kind: Any, value: Any) -> Any:  # noqa: ANN401
    """`value` with the objects inside it completed as well."""
    for arm in alternatives(kind):
        outer, inner = get_origin(arm) or arm, get_args(arm)
        if isinstance(value, dict) and isinstance(outer, type) and issubclass(outer, StripeObject):
            if outer is ListObject:
                return {**value, "data": [_filled(inner[0], item) for item in value["data"]]}
            return value if outer is UntypedStripeObject else _completed(outer, value)
        if isinstance(value, list) and outer is list:
            return [_filled(inner[0], item) for item in value]
    return value


def _empty(kind: Any) -> Any:  # noqa: ANN401
    arms = alternatives(kind)
    if NoneType in arms:
        return None
    outer, inner = get_origin(arms[0]) or arms[0], get_args(arms[0])
    if outer is Literal:
        return inner[0]
    if outer is ListObject:
        return {"object": "list", "data": [], "has_more": False, "url": ""}
    if outer in (list, UntypedStripeObject):
        return [] if outer is list else {}
    if isinstance(outer, type) and issubclass(outer, StripeObject):
        return _completed(outer, {})
    return _ZERO.get(outer)
