"""The table of operations: method and path, the SDK's parameter class, and the answering verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """One request to serve: its checked parameters and the id in its path."""

    world: World
    params: Obj
    id: str = ""
    path: str = ""


Verb = Callable[[Call], "Obj"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table.  `rule` is a Flask rule; `params` a class of `stripe.params`."""

    method: str
    rule: str
    params: str
    verb: Verb


OPERATIONS: Final[list[Operation]] = []


def operation(method: str, rule: str, params: str) -> Callable[[Verb], Verb]:
    """Enter the decorated verb into the table."""

    def enter(verb: Verb) -> Verb:
        OPERATIONS.append(Operation(method, rule, params, verb))
        return verb

    return enter
