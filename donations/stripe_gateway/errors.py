"""Stripe's errors, sorted by who can do something about them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import stripe

from donations.kernel.errors import DonationsError, NotFound, TryAgainLater

if TYPE_CHECKING:
    from collections.abc import Iterator


class StripeUnavailable(TryAgainLater):
    """Stripe is slow, down or asks us to wait; the same call later will do."""


class StripeRefused(DonationsError):
    """Stripe will never take this request: our mistake, or the account's settings.

    `code` and `param` are Stripe's own words and carry nothing personal.
    """

    def __init__(self, code: str, param: str) -> None:
        super().__init__(f"{code} at {param}")
        self.code = code
        self.param = param


class StrangeSubscription(NotFound):
    """A subscription in a rhythm or currency that we do not speak of: another program's."""


class BadSignature(DonationsError):
    """A webhook that Stripe did not sign, or signed too long ago."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn the SDK's errors into ours; its messages may quote values, so none is kept."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as error:
        raise StripeUnavailable(type(error).__name__) from error
    except stripe.IdempotencyError as error:
        raise StripeRefused("idempotency_error", "idempotency_key") from error
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":
            raise NotFound from error
        raise StripeRefused(error.code or "invalid_request", error.param or "?") from error
    except stripe.StripeError as error:
        raise StripeRefused(error.code or type(error).__name__, "?") from error
