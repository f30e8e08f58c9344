"""Lists: filters, the newest first, pages by cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.refusals import Refusal, missing
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from donations.sandbox import Obj
    from donations.sandbox.api.operations import Call

_PAGING: Final = ("limit", "starting_after", "ending_before", "expand", "created")
_DEFAULT_LIMIT: Final = 10
_LARGEST_LIMIT: Final = 100
_COMPARE: Final[dict[str, Callable[[int, int], bool]]] = {
    "gt": lambda have, bound: have > bound,
    "gte": lambda have, bound: have >= bound,
    "lt": lambda have, bound: have < bound,
    "lte": lambda have, bound: have <= bound,
}


def listed(call: Call, kind: str, **special: Callable[[Obj, Any], bool]) -> Obj:
    """One page of `kind`.  A parameter filters the field of its name, or by its `special` test."""
    tests = [
        _test(name, wanted, special)
        for name, wanted in call.params.items()
        if name == "created" or name not in _PAGING
    ]
    every = call.world.store.all(kind)
    return page(call, [each for each in every if all(test(each) for test in tests)], kind)


def _test(
    name: str,
    wanted: Any,  # noqa: ANN401 - as the parameter has it
    special: dict[str, Callable[[Obj, Any], bool]],
) -> Callable[[Obj], bool]:
    if name in special:
        return lambda each: special[name](each, wanted)
    if name == "created":
        return lambda each: within(each["created"], wanted)
    return lambda each: bool(each.get(name) == wanted)


def page(call: Call, found: Iterable[Obj], kind: str) -> Obj:
    """The page the cursor parameters ask for.  Raises `Refusal` for a cursor that is not there."""
    limit = call.params.get("limit", _DEFAULT_LIMIT)
    if not 1 <= limit <= _LARGEST_LIMIT:
        raise Refusal(
            f"This value must be between 1 and {_LARGEST_LIMIT}.",
            code="parameter_invalid_integer",
            param="limit",
        )
    every = list(found)
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    if after:
        rest = every[_place(every, after, kind, "starting_after") + 1 :]
        shown, more = rest[:limit], len(rest) > limit
    elif before:
        rest = every[: _place(every, before, kind, "ending_before")]
        shown, more = rest[-limit:], len(rest) > limit
    else:
        shown, more = every[:limit], len(every) > limit
    data = [presented(each) for each in shown]
    return {"object": "list", "data": data, "has_more": more, "url": call.path}


def _place(every: list[Obj], identifier: str, kind: str, param: str) -> int:
    for place, each in enumerate(every):
        if each["id"] == identifier:
            return place
    raise missing(kind, identifier, param)


def within(moment: int, wanted: Any) -> bool:  # noqa: ANN401 - an integer or a mapping of bounds
    """Whether `moment` is the one `wanted`, or inside its bounds (`gt`, `gte`, `lt`, `lte`)."""
    if isinstance(wanted, int):
        return moment == wanted
    return all(_COMPARE[name](moment, bound) for name, bound in wanted.items())
