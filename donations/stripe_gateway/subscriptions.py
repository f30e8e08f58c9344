"""What may be changed of a subscription at Stripe; every change is without proration.

A gift is never taken in parts: another amount, rhythm or date counts from the next payment on, and
none of these calls takes money.  Source: docs.stripe.com/billing/subscriptions/change-price,
/billing-cycle and /pause-payment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.kernel.errors import NotFound
from donations.stripe_gateway import reading
from donations.stripe_gateway.errors import StripeRefused, translated
from donations.stripe_gateway.ordering import INTERVAL, PRODUCTS, make_product

if TYPE_CHECKING:
    from datetime import datetime

    import stripe

    from donations.kernel.cadence import Frequency
    from donations.kernel.money import Money
    from donations.stripe_gateway.values import Subscription

_NO_PRORATION: Final = "none"


class SubscriptionCalls:
    """Changes of subscriptions; every call raises as `Gateway` does and answers with the truth."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    def change_price(
        self, subscription_id: str, amount: Money, frequency: Frequency, *, idempotency_key: str
    ) -> Subscription:
        """Take another amount, or another amount at another rhythm, from the next payment on.

        A change of rhythm would bill at once; the time already paid for is made a trial, so that
        the first payment of the new rhythm falls where the next of the old would have.  The first
        gift of a rhythm on a new account finds no product yet: it is made, and the call repeated.
        """
        try:
            return self._change_price(subscription_id, amount, frequency, idempotency_key)
        except NotFound:
            with translated():
                make_product(self._client, frequency)
            # A key of its own, in case Stripe kept the refusal under the first one.
            key = f"{idempotency_key}-product"
            return self._change_price(subscription_id, amount, frequency, key)

    def _change_price(
        self, subscription_id: str, amount: Money, frequency: Frequency, key: str
    ) -> Subscription:
        with translated():
            found = self._client.v1.subscriptions.retrieve(subscription_id)
            item = found["items"].data[0]
            interval = INTERVAL[frequency]
            price: Any = {
                "currency": amount.currency,
                "unit_amount": amount.minor,
                "product": PRODUCTS[frequency].id,
                "recurring": {"interval": interval},
            }
            change: Any = {
                "items": [{"id": item.id, "price_data": price, "quantity": 1}],
                "proration_behavior": _NO_PRORATION,
            }
            before = item.price.recurring
            if before is not None and before.interval != interval:
                change["trial_end"] = item.current_period_end
            return self._update(subscription_id, change, key)

    def pause(self, subscription_id: str, until: datetime, *, idempotency_key: str) -> Subscription:
        """Take nothing until a moment; the payments that fall due before are void."""
        pause: Any = {"behavior": "void", "resumes_at": int(until.timestamp())}
        with translated():
            return self._update(subscription_id, {"pause_collection": pause}, idempotency_key)

    def resume(self, subscription_id: str, *, idempotency_key: str) -> Subscription:
        """End a pause: the next payment is taken when it falls due."""
        with translated():
            return self._update(subscription_id, {"pause_collection": ""}, idempotency_key)

    def move(self, subscription_id: str, at: datetime, *, idempotency_key: str) -> Subscription:
        """Take the next payment at a moment, and the later ones counted from it."""
        change: Any = {"trial_end": int(at.timestamp()), "proration_behavior": _NO_PRORATION}
        with translated():
            return self._update(subscription_id, change, idempotency_key)

    def end_with_period(self, subscription_id: str, *, idempotency_key: str) -> Subscription:
        """End it when the time paid for is over."""
        with translated():
            return self._update(subscription_id, {"cancel_at_period_end": True}, idempotency_key)

    def keep(self, subscription_id: str, *, idempotency_key: str) -> Subscription:
        """Take back a planned end, whichever way it was planned."""
        with translated():
            found = self._client.v1.subscriptions.retrieve(subscription_id)
            flagged = found.cancel_at_period_end
            change: Any = {"cancel_at_period_end": False} if flagged else {"cancel_at": ""}
            return self._update(subscription_id, change, idempotency_key)

    def void_open_bills(self, subscription_id: str, *, idempotency_key: str) -> int:
        """Void what is still owed on a subscription, so that it is never tried again; how many.

        Ending a subscription leaves its open invoices standing
        (docs.stripe.com/billing/subscriptions/cancel).
        """
        voided = 0
        with translated():
            asked: Any = {"subscription": subscription_id, "status": "open", "limit": 100}
            for invoice in self._client.v1.invoices.list(asked).data:
                key: Any = {"idempotency_key": f"{idempotency_key}-{invoice.id}"}
                self._client.v1.invoices.void_invoice(invoice.id or "", {}, key)
                voided += 1
        return voided

    def card_page(self, customer_id: str, *, return_url: str, language: str) -> str:
        """The address of Stripe's page for another card.  It is a login: show it to one person."""
        asked: Any = {
            "customer": customer_id,
            "return_url": return_url,
            "locale": language,
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {"type": "redirect", "redirect": {"return_url": return_url}},
            },
        }
        with translated():
            return self._client.v1.billing_portal.sessions.create(asked).url

    def card_expiry(self, subscription_id: str) -> tuple[int, int] | None:
        """The year and month after which renewals can no longer be taken from the card.

        None for a payment method without an end, such as a bank account.
        """
        with translated():
            wanted: Any = {
                "expand": [
                    "default_payment_method",
                    "customer.invoice_settings.default_payment_method",
                ]
            }
            found = self._client.v1.subscriptions.retrieve(subscription_id, wanted)
        settings = getattr(found.customer, "invoice_settings", None)
        own: Any = found.default_payment_method
        card = getattr(own or getattr(settings, "default_payment_method", None), "card", None)
        return None if card is None else (card.exp_year, card.exp_month)

    def bill_page(self, subscription_id: str) -> str | None:
        """The address of Stripe's page of the newest bill that is still owed; None if none is.

        There it can be paid by any method, and confirmed where the bank asks for it
        (docs.stripe.com/invoicing/hosted-invoice-page).  Show it to one person.
        """
        asked: Any = {"subscription": subscription_id, "status": "open", "limit": 1}
        with translated():
            for invoice in self._client.v1.invoices.list(asked).data:
                return invoice.hosted_invoice_url
        return None

    def take_new_card(
        self, subscription_id: str, *, idempotency_key: str
    ) -> tuple[Subscription, int]:
        """Let renewals use the customer's newest card, and try what is owed with it at once.

        The portal makes a new card the customer's default, but a subscription's own goes first
        (docs.stripe.com/billing/subscriptions/payment-methods-setting).  Answers with how many
        bills were paid; one that is declined is no error: Stripe tries it again by itself.
        """
        with translated():
            found = self._client.v1.subscriptions.retrieve(
                subscription_id, {"expand": ["customer"]}
            )
            settings = getattr(found.customer, "invoice_settings", None)
            newest = getattr(settings, "default_payment_method", None)
            method = newest if newest is None or isinstance(newest, str) else newest.id
            own = reading.read_subscription(found)
            if method is not None and own.method not in {None, method}:
                change: Any = {"default_payment_method": method}
                own = self._update(subscription_id, change, f"{idempotency_key}-{method}")
            return own, self._pay_open_bills(subscription_id, f"{idempotency_key}-{method}")

    def _pay_open_bills(self, subscription_id: str, key: str) -> int:
        asked: Any = {"subscription": subscription_id, "status": "open", "limit": 100}
        paid = 0
        for invoice in self._client.v1.invoices.list(asked).data:
            options: Any = {"idempotency_key": f"{key}-{invoice.id}"}
            try:
                with translated():
                    self._client.v1.invoices.pay(invoice.id or "", {}, options)
                    paid += 1
            except StripeRefused:
                continue
        return paid

    def _update(self, subscription_id: str, change: Any, key: str) -> Subscription:  # noqa: ANN401
        answer = self._client.v1.subscriptions.update(
            subscription_id, change, {"idempotency_key": key}
        )
        return reading.read_subscription(answer)
