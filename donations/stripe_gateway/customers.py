"""Customers at Stripe: told of another mailbox, or asked to be forgotten there too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.kernel.errors import NotFound
from donations.stripe_gateway.errors import translated

if TYPE_CHECKING:
    import stripe


class CustomerCalls:
    """What is asked of Stripe about its customers; raises as `Gateway` does."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    def write_to(self, customer_id: str, email: str, *, idempotency_key: str) -> None:
        """Let Stripe know the customer by another mailbox.  One that was deleted is no trouble."""
        try:
            with translated():
                self._client.v1.customers.update(
                    customer_id, {"email": email}, {"idempotency_key": idempotency_key}
                )
        except NotFound:
            return

    def delete(self, customer_id: str) -> None:
        """Delete the customer: name, mailbox and cards go, payments stay in Stripe's own books.

        Whatever subscription is left ends.  Deleting twice is deleting once
        (docs.stripe.com/api/customers/delete).
        """
        try:
            with translated():
                self._client.v1.customers.delete(customer_id)
        except NotFound:
            return
