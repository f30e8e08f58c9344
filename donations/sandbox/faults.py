"""Faults one can order: what networks and Stripe do on a bad day, on demand."""

from __future__ import annotations

import copy
import time
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any, Final

from donations.sandbox.refusals import Refusal

_TOO_MANY: Final = Refusal(
    "Request rate limit exceeded.", status=429, kind="invalid_request_error", code="rate_limit"
)
_API_ERRORS: Final = {
    429: _TOO_MANY,
    500: Refusal("An unknown error occurred.", status=500, kind="api_error", kept=True),
    503: Refusal("Stripe is temporarily unavailable.", status=503, kind="api_error"),
}
_STRIKES: Final = {"times", "every", "path", "after_work"}
_SHAPES: Final = {
    "api_error": _STRIKES | {"status"},
    "reset": _STRIKES,
    "hang": _STRIKES | {"seconds"},
    "fee": {"percent", "fixed", "international", "conversion", "tax"},
}


@dataclass
class Faults:
    """The knobs.

    Deliveries: `duplicate` sends each event twice, `two_events` makes two event objects of one
    change, `reverse` sends a batch last first, `delay` waits seconds, `drop` loses the next N
    events for good, `drop_every` each Nth.

    Books: `late_balance_transaction` leaves it null until `charge.updated`; `settlement` maps a
    currency to `[settlement currency, rate as a decimal string]`; `fee`
    `{"percent": "1.4", "fixed": 25}` is asked for charges instead of the usual one, `fixed` in
    minor units of the settlement currency; `international`, `conversion` and `tax` are percentages
    on top (`objects.fees`).

    Cards: `country` (ISO 3166, two letters) issues every new card; `automatic_updates` false leaves
    expired cards expired.

    Invoices: `finalize_after_seconds` a renewal's invoice stays a draft.

    API: `api_delay_seconds` before the work; `rate_limit` refuses more requests a second than N,
    `endpoint_rate_limit` more than N to one endpoint, a method and a path without its ids.
    `api_error` `{"status": 429|500|503}`, `reset` (the connection is cut) and `hang`
    `{"seconds": S}` (the answer does not come) strike as told by `times` N or `every` Nth request,
    under a `path` prefix, before the work or `after_work`.
    """

    duplicate: bool = False
    two_events: bool = False
    reverse: bool = False
    delay: float = 0.0
    drop: int = 0
    drop_every: int = 0
    late_balance_transaction: bool = False
    settlement: dict[str, list[str]] = field(default_factory=dict)
    fee: dict[str, Any] = field(default_factory=dict)
    country: str = ""
    automatic_updates: bool = True
    finalize_after_seconds: int = 0
    api_delay_seconds: float = 0.0
    rate_limit: int = 0
    endpoint_rate_limit: int = 0
    api_error: dict[str, Any] = field(default_factory=dict)
    reset: dict[str, Any] = field(default_factory=dict)
    hang: dict[str, Any] = field(default_factory=dict)

    def set(self, wanted: dict[str, Any]) -> None:
        """Turn the named knobs; the others stay.  `{"clear": true}` first puts all of them back.

        Raises `Refusal` for a knob that is not there or a value it cannot take.
        """
        turned = {name: copy.copy(value) for name, value in wanted.items() if name != "clear"}
        for name, value in turned.items():
            _check(name, value)
        if wanted.get("clear"):
            self.__dict__.update(Faults().__dict__)
        self.__dict__.update(turned)

    def shown(self) -> dict[str, Any]:
        """Every knob as it stands."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def turned(self) -> dict[str, Any]:
        """The knobs that are not where they were at first."""
        usual = Faults().__dict__
        return {name: value for name, value in self.shown().items() if value != usual[name]}

    def loses_an_event(self) -> bool:
        """Whether the event that comes now is lost."""
        if self.drop > 0:
            self.drop -= 1
            return True
        if self.drop_every:
            self._happened = getattr(self, "_happened", 0) + 1
            return bool(self._happened % self.drop_every == 0)
        return False

    def admit(self, endpoint: str) -> None:
        """Raise the 429 if more requests come in this second than a limit has it."""
        second = int(time.time())
        if getattr(self, "_second", 0) != second:
            self._second, self._asked = second, Counter[str]()
        for name, limit in (("", self.rate_limit), (endpoint, self.endpoint_rate_limit)):
            self._asked[name] += 1
            if limit and self._asked[name] > limit:
                raise _TOO_MANY

    def strike(self, path: str, *, after_work: bool) -> None:
        """Raise the ordered API error, or hang, if this request is one it falls on."""
        if _falls_on(self.hang, path, after_work=after_work):
            time.sleep(float(self.hang.get("seconds", 60)))
        if _falls_on(self.api_error, path, after_work=after_work):
            raise _API_ERRORS[int(self.api_error.get("status", 500))]

    def cuts(self, path: str, *, after_work: bool) -> bool:
        """Whether this request's connection is to be cut, before or after its work."""
        return _falls_on(self.reset, path, after_work=after_work)


def _check(name: str, value: Any) -> None:  # noqa: ANN401 - JSON
    known = {each.name for each in fields(Faults)}
    if name not in known:
        raise Refusal(f"No such fault: {name}. There are {', '.join(sorted(known))}.")
    usual = getattr(Faults(), name)
    suits = type(value) is type(usual) or (isinstance(usual, float) and type(value) is int)
    if not suits:
        raise Refusal(f"{name} must be of the kind of {usual!r}.", param=name)
    strange = set(value) - _SHAPES[name] if name in _SHAPES else set()
    if strange:
        raise Refusal(f"{name} does not know {', '.join(sorted(strange))}.", param=name)
    if name == "api_error" and value.get("status", 500) not in _API_ERRORS:
        raise Refusal(f"api_error status must be one of {sorted(_API_ERRORS)}.", param=name)


def _falls_on(order: dict[str, Any], path: str, *, after_work: bool) -> bool:
    if not order or bool(order.get("after_work")) is not after_work:
        return False
    if not path.startswith(str(order.get("path", "/v1/"))):
        return False
    if "every" in order:
        order["met"] = order.get("met", 0) + 1
        return bool(order["met"] % int(order["every"]) == 0)
    left = int(order.get("times", 1))
    order["times"] = left - 1
    return left > 0
