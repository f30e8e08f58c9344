"""What the sandbox says when it will not do something, in the words and codes of Stripe's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from donations.sandbox import Obj


class Refusal(Exception):
    """An error answer: HTTP `status` and the `error` object of the body.

    `kept` says whether an idempotency key remembers it: requests that fail validation are not kept.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
        kept: bool = False,
        **more: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kept = kept
        fields = {"code": code, "param": param, "decline_code": decline_code, **more}
        self.error: Obj = {
            "type": kind,
            "message": message,
            **{name: value for name, value in fields.items() if value is not None},
        }


_AS_STRIPE_SAYS: Final = {  # kind: its name in the message, and the path's parameter
    "balance_transaction": ("balance transaction", "id"),
    "dispute": ("dispute", "dispute"),
    "invoice": ("invoice", "invoice"),
    "payment_intent": ("payment_intent", "intent"),
    "payment_method": ("PaymentMethod", "payment_method"),
    "payout": ("payout", "payout"),
    "price": ("price", "price"),
    "refund": ("refund", "refund"),
    "setup_intent": ("setupintent", "intent"),
}


def missing(kind: str, identifier: str, param: str = "id") -> Refusal:
    """404: there is no such object.  `param` is where its id was given; "id" is the path."""
    name, in_path = _AS_STRIPE_SAYS.get(kind, (kind, "id"))
    return Refusal(
        f"No such {name}: '{identifier}'",
        status=404,
        code="resource_missing",
        param=in_path if param == "id" else param,
    )
