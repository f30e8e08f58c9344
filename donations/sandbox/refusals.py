"""What the sandbox says when it will not do something, in the words and codes of Stripe's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def missing(kind: str, identifier: str, param: str = "id") -> Refusal:
    """404: there is no such object."""
    return Refusal(
        f"No such {kind}: '{identifier}'", status=404, code="resource_missing", param=param
    )
