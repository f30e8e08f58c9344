"""Walks a value along an SDK annotation: what is unknown, missing or of the wrong kind.

Requests arrive as form strings and are turned into values on the way (`from_form`); answers are
already values and only checked (`strictly`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from stripe._list_object import ListObject
from stripe._stripe_object import StripeObject, UntypedStripeObject

from donations.sandbox.annotations.reading import alternatives, bare, fields_of, is_parameters

Trouble = Literal["unknown", "missing", "empty", "choice", "integer", "boolean", "shape"]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at `path`; `detail` is the offending value or the choices there were."""

    path: Path
    trouble: Trouble
    detail: str = ""

    @property
    def param(self) -> str:
        """The path as Stripe writes it: `line_items[0][price_data][currency]`."""
        first, *rest = self.path or ("",)
        return str(first) + "".join(f"[{step}]" for step in rest)


Walked = tuple[Any, list[Problem]]
Leaf = Callable[[Any, Any, Path], Walked]

_FORM_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


def walk(kind: Any, value: Any, leaf: Leaf, path: Path = ()) -> Walked:  # noqa: ANN401
    """`value` read as `kind`, and every problem met on the way."""
    kind, _ = bare(kind)
    arms = alternatives(kind)
    if len(arms) > 1:
        return _one_of(arms, value, leaf, path)
    return _single(arms[0], value, leaf, path)


def _one_of(arms: tuple[Any, ...], value: Any, leaf: Leaf, path: Path) -> Walked:  # noqa: ANN401
    tried = [
        walk(arm, value, leaf, path) for arm in arms if not (arm is NoneType and value is not None)
    ]
    for walked in tried:
        if not walked[1]:
            return walked
    return max(tried, key=lambda walked: max(len(problem.path) for problem in walked[1]))


def _single(kind: Any, value: Any, leaf: Leaf, path: Path) -> Walked:  # noqa: ANN401, PLR0911
    outer, inner = get_origin(kind) or kind, get_args(kind)
    if outer in (Any, object):
        return value, []
    if outer is NoneType:
        return value, [] if value is None else [Problem(path, "shape", "null")]
    if outer is Literal:
        good = value in inner
        return value, [] if good else [Problem(path, "choice", ", ".join(map(str, inner)))]
    if outer is list:
        return _items(inner[0], value, leaf, path)
    if outer in (dict, UntypedStripeObject):
        return _mapping(inner[-1] if inner else Any, value, leaf, path)
    if outer is ListObject:
        return _list_object(inner[0], value, leaf, path)
    if is_parameters(outer) or (isinstance(outer, type) and issubclass(outer, StripeObject)):
        return _fields(outer, value, leaf, path)
    return leaf(outer, value, path)


def _items(kind: Any, value: Any, leaf: Leaf, path: Path) -> Walked:  # noqa: ANN401
    if not isinstance(value, list):
        return value, [Problem(path, "shape", "array")]
    walked = [walk(kind, item, leaf, (*path, place)) for place, item in enumerate(value)]
    return [item for item, _ in walked], [each for _, problems in walked for each in problems]


def _mapping(kind: Any, value: Any, leaf: Leaf, path: Path) -> Walked:  # noqa: ANN401
    if not isinstance(value, dict):
        return value, [Problem(path, "shape", "object")]
    if value and leaf is from_form:  # an empty string unsets one key of the metadata
        kind = (
            Any if kind is str and all(isinstance(item, str) for item in value.values()) else kind
        )
    walked = {key: walk(kind, item, leaf, (*path, key)) for key, item in value.items()}
    return (
        {key: item for key, (item, _) in walked.items()},
        [each for _, problems in walked.values() for each in problems],
    )


def _list_object(kind: Any, value: Any, leaf: Leaf, path: Path) -> Walked:  # noqa: ANN401
    if not (isinstance(value, dict) and value.get("object") == "list"):
        return value, [Problem(path, "shape", "list")]
    lacking = [Problem((*path, key), "missing") for key in ("has_more", "url") if key not in value]
    items, problems = _items(kind, value.get("data"), leaf, (*path, "data"))
    return {**value, "data": items}, lacking + problems


def _fields(owner: type, value: Any, leaf: Leaf, path: Path) -> Walked:  # noqa: ANN401
    if not isinstance(value, dict):
        return value, [Problem(path, "shape", "object")]
    fields = fields_of(owner)
    problems = [Problem((*path, name), "unknown") for name in value if name not in fields]
    read: dict[str, Any] = {}
    for name, kind in fields.items():
        if name in value:
            read[name], found = walk(kind, value[name], leaf, (*path, name))
            problems += found
        elif not (may_be_absent(owner, name, kind) or _is_stub(owner, value)):
            problems.append(Problem((*path, name), "missing"))
    return read, problems


def _is_stub(owner: type, value: Any) -> bool:  # noqa: ANN401
    """Whether `value` is what is left of a deleted object, which the SDK gives no class of its own.

    Such a stub holds no more than Stripe's `deleted_…` objects do; none of it is missing.
    """
    return not is_parameters(owner) and value.get("deleted") is True and "id" in value


def may_be_absent(owner: type, name: str, kind: Any) -> bool:  # noqa: ANN401
    """Whether a field may be left out: `NotRequired` in a request, nullable in an answer."""
    if is_parameters(owner):
        return bare(kind)[1]
    return name == "deleted" or NoneType in get_args(kind)


def from_form(kind: Any, value: Any, path: Path) -> Walked:  # noqa: ANN401
    """A leaf of a request: the form string as the `kind` of value it stands for."""
    if not isinstance(value, str):
        return value, [Problem(path, "shape", "string")]
    if kind is str:
        return value, [] if value else [Problem(path, "empty")]
    if kind is bool:
        good = value in ("true", "false")
        return value == "true", [] if good else [Problem(path, "boolean", value)]
    if kind is int and re.fullmatch(r"-?\d+", value):
        return int(value), []
    if kind in (float, Decimal) and _FORM_NUMBER.fullmatch(value):
        return Decimal(value), []
    return value, [Problem(path, "integer", value)]


def strictly(kind: Any, value: Any, path: Path) -> Walked:  # noqa: ANN401
    """A leaf of an answer: `value` must already be of `kind` (decimals travel as strings)."""
    accepted = {float: (int, float), Decimal: (str,)}.get(kind, kind)
    good = isinstance(value, accepted) and (kind is bool or not isinstance(value, bool))
    return value, [] if good else [Problem(path, "shape", f"{kind}, not {value!r}")]
