"""Faults one can order: what networks and Stripe do on a bad day, on demand."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Final

from donations.sandbox.refusals import Refusal

_API_ERRORS: Final = {
    429: Refusal(
        "Request rate limit exceeded.", status=429, kind="invalid_request_error", code="rate_limit"
    ),
    500: Refusal("An unknown error occurred.", status=500, kind="api_error", kept=True),
    503: Refusal("Stripe is temporarily unavailable.", status=503, kind="api_error"),
}


@dataclass
class Faults:
    """The knobs.

    Deliveries: `duplicate` sends each event twice, `reverse` a batch last first, `delay` waits
    seconds, `drop` loses the next N events for good.

    Books: `late_balance_transaction` leaves it null until `charge.updated`; `settlement` maps a
    currency to `[settlement currency, rate as a decimal string]`.

    API: `api_delay_seconds` before the work; `api_error`
    `{"status": 429|500|503, "times": N, "path": prefix, "after_work": bool}`; `reset`
    `{"times": N, "path": prefix, "after_work": bool}`, which cuts the connection.
    """

    duplicate: bool = False
    reverse: bool = False
    delay: float = 0.0
    drop: int = 0
    late_balance_transaction: bool = False
    settlement: dict[str, list[str]] = field(default_factory=dict)
    api_delay_seconds: float = 0.0
    api_error: dict[str, Any] = field(default_factory=dict)
    reset: dict[str, Any] = field(default_factory=dict)

    def set(self, wanted: dict[str, Any]) -> None:
        """Turn the named knobs; the others stay.  `{"clear": true}` first puts all of them back."""
        known = {each.name for each in fields(self)}
        for name in wanted:
            if name != "clear" and name not in known:
                raise Refusal(f"No such fault: {name}. There are {', '.join(sorted(known))}.")
        status = (wanted.get("api_error") or {}).get("status", 500)
        if status not in _API_ERRORS:
            raise Refusal(f"api_error status must be one of {sorted(_API_ERRORS)}.")
        if wanted.get("clear"):
            self.__dict__.update(Faults().__dict__)
        self.__dict__.update({name: value for name, value in wanted.items() if name != "clear"})

    def strike(self, path: str, *, after_work: bool) -> None:
        """Raise the ordered API error, if this request is one it falls on."""
        if _falls_on(self.api_error, path, after_work=after_work):
            raise _API_ERRORS[int(self.api_error.get("status", 500))]

    def cuts(self, path: str, *, after_work: bool) -> bool:
        """Whether this request's connection is to be cut, before or after its work."""
        return _falls_on(self.reset, path, after_work=after_work)


def _falls_on(order: dict[str, Any], path: str, *, after_work: bool) -> bool:
    if not order or bool(order.get("after_work")) is not after_work:
        return False
    if not path.startswith(str(order.get("path", "/v1/"))) or int(order.get("times", 1)) < 1:
        return False
    order["times"] = int(order.get("times", 1)) - 1
    return True
