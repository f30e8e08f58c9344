"""The table of operations: method and path, the SDK's parameter class, and the answering verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """One request to serve: its checked parameters and the ids in its path (`inner` the second)."""

    world: World
    params: Obj
    id: str = ""
    path: str = ""
    inner: str = ""


Verb = Callable[[Call], "Obj"]
_NOT_FOUND: Final = 404
_BAD_REQUEST: Final = 400


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table.  `rule` is a Flask rule; `params` a class of `stripe.params`.

    `without` are the parameters Stripe takes and the sandbox gives no effect, as dotted paths
    (`discounts`, `subscription_data.trial_end`): they are refused, for a parameter that is
    silently ignored would let a program believe in an effect it never had.
    """

    method: str
    rule: str
    params: str
    verb: Verb
    without: tuple[str, ...] = ()

    def answer(self, call: Call) -> Obj:
        """The verb's answer.

        What the path names and is not there is 404; what a parameter names is a bad request.
        """
        try:
            return self.verb(call)
        except Refusal as refusal:
            param = str(refusal.error.get("param")).partition("[")[0]
            if refusal.status == _NOT_FOUND and param in call.params:
                refusal.status = _BAD_REQUEST
            raise

    def refuse_ineffective(self, params: Obj) -> None:
        """Raise `Refusal` if `params` hold one of those in `without`."""
        for path in self.without:
            first, *rest = path.split(".")
            if _holds(params.get(first), rest):
                raise Refusal(
                    f"The sandbox gives `{path}` no effect; leave it out.",
                    param=first + "".join(f"[{step}]" for step in rest),
                )


def _holds(value: object, steps: list[str]) -> bool:
    """Whether anything stands at the end of `steps`, in any item of a list on the way."""
    if not steps:
        return value is not None
    if isinstance(value, list):
        return any(_holds(item, steps) for item in value)
    return isinstance(value, dict) and _holds(value.get(steps[0]), steps[1:])


OPERATIONS: Final[list[Operation]] = []


def operation(
    method: str, rule: str, params: str, *, without: tuple[str, ...] = ()
) -> Callable[[Verb], Verb]:
    """Enter the decorated verb into the table."""

    def enter(verb: Verb) -> Verb:
        OPERATIONS.append(Operation(method, rule, params, verb, without))
        return verb

    return enter
