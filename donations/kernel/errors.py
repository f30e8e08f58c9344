"""Errors, sorted by who can put them right."""

from __future__ import annotations

from datetime import datetime


class DonationsError(Exception):
    """Anything this product raises on purpose."""


class ReaderError(DonationsError):
    """The person at the form can put it right; the message becomes a sentence at the field."""


class BadAmount(ReaderError):
    """An amount that cannot be taken.  `reason` names why, `limit_minor` the bound it broke."""

    def __init__(self, reason: str, limit_minor: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.limit_minor = limit_minor


class FieldRefused(ReaderError):
    """A value that cannot be taken: in which `field`, for which `reason`, and the `facts` of it."""

    def __init__(self, field: str, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason
        self.facts = facts


class NotAllowed(ReaderError):
    """What was asked cannot be done as things stand; `reason` is the word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownCurrency(DonationsError):
    """A currency outside the table, or two currencies where one was needed."""


class NotFound(DonationsError):
    """No such row, or the token that named it is wrong or expired."""


class MisconfiguredError(DonationsError):
    """The operator can put it right; the application refuses to start."""


class TryAgainLater(DonationsError):
    """Nobody need do anything: the same work will succeed later, so a job is retried.

    With `at`, not before that moment, and the attempt does not count.
    """

    def __init__(self, message: str = "", at: datetime | None = None) -> None:
        super().__init__(message)
        self.at = at


class GivenUp(DonationsError):
    """Work that will never succeed: its job is buried at once, with this as its reason."""
