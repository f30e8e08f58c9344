"""Shapes answers: the values one has, completed to every field the SDK declares."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

from stripe._list_object import ListObject
from stripe._stripe_object import StripeObject, UntypedStripeObject

from donations.sandbox.annotations.absence import left_out
from donations.sandbox.annotations.reading import alternatives, fields_of, resource
from donations.sandbox.annotations.walking import Problem, strictly, walk

if TYPE_CHECKING:
    from donations.sandbox import Obj

_NESTED: Final = (dict, list)
_ZERO: Final[dict[Any, Any]] = {str: "", int: 0, bool: False, float: 0, Decimal: "0", Any: None}


def shaped(kind: str, values: Obj) -> Obj:
    """An object of `kind` with every declared field: `values`, else null or an empty value.

    Lists that Stripe only includes when asked (`line_items`, `payments`) are left out, and so is
    what Stripe never answers as null.  Keys that begin with `_` are the sandbox's own and are
    carried along.
    """
    return _completed(resource(kind), {"object": kind, **values})


def problems_of(answer: Obj) -> list[Problem]:
    """What is wrong with an answer, by the SDK's annotations; empty when it is clean."""
    return walk(resource(answer["object"]), answer, strictly)[1]


@dataclass(frozen=True, slots=True)
class _Field:
    """How one declared field is completed; `fill` is for dicts and lists, `blank` for nothing."""

    name: str
    fill: Callable[[Any], Any] | None
    absent: bool
    never_null: bool
    blank: Any


@functools.cache
def _fields(owner: type) -> tuple[_Field, ...]:
    """The plan of a class, made once: an object is completed some hundred thousand times a year."""
    absent, never_null = _left_out_of(owner), _never_null_in(owner)
    return tuple(
        _Field(
            name,
            _filler(kind),
            name in absent,
            name in never_null,
            None if name in absent else _empty(kind),
        )
        for name, kind in fields_of(owner).items()
    )


def _completed(owner: type, values: Obj) -> Obj:
    full: Obj = {}
    for field in _fields(owner):
        if field.name in values:
            value = values[field.name]
            if value is None and field.never_null:
                continue
            nested = field.fill and value.__class__ in _NESTED
            full[field.name] = field.fill(value) if field.fill and nested else value
        elif not field.absent:
            blank = field.blank
            full[field.name] = copy.deepcopy(blank) if blank.__class__ in _NESTED else blank
    declared = fields_of(owner)
    for name, value in values.items():
        if name not in declared:
            full[name] = value
    return full


@functools.cache
def _left_out_of(owner: type) -> frozenset[str]:
    fields = fields_of(owner)
    others = frozenset(name for name, kind in fields.items() if _left_out(name, kind, fields))
    return others | _never_null_in(owner)


@functools.cache
def _never_null_in(owner: type) -> frozenset[str]:
    return frozenset(
        name
        for name, kind in fields_of(owner).items()
        if NoneType in get_args(kind) and left_out(owner, name)
    )


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


def _filler(kind: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401
    """What completes the objects inside a value of `kind`; None where there can be none."""
    for arm in alternatives(kind):
        outer, inner = get_origin(arm) or arm, get_args(arm)
        if outer is list or outer is ListObject:
            return _items_filler(inner[0], wrapped=outer is ListObject)
        if isinstance(outer, type) and issubclass(outer, StripeObject):
            if outer is UntypedStripeObject:
                return None
            return functools.partial(_completed_if_object, outer)
    return None


def _completed_if_object(owner: type, value: Any) -> Any:  # noqa: ANN401
    return _completed(owner, value) if isinstance(value, dict) else value


def _items_filler(kind: Any, *, wrapped: bool) -> Callable[[Any], Any]:  # noqa: ANN401
    def fill(value: Any) -> Any:  # noqa: ANN401
        one = _filler(kind)
        if wrapped:
            return {**value, "data": [one(item) if one else item for item in value["data"]]}
        return [one(item) if one else item for item in value]

    return fill


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
