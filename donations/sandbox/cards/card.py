"""A test card and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from donations.sandbox.cards.declines import Decline

Check = Literal["pass", "fail", "unavailable"]


@dataclass(frozen=True, slots=True)
class Card:
    """One test number.

    `challenge`: when 3-D Secure is asked for; `supported` only on request, `set_up_already` and
    `unless_set_up` of a reader who is present.  `attaches_only`: it can be kept, charges of the
    kept card are declined.  `blocked` by Stripe itself, unasked of the issuer.  The three `…_check`
    are what the issuer says of security code, postal code and street.
    """

    number: str
    name: str
    says: str
    brand: str = "visa"
    country: str = "US"
    funding: Literal["credit", "debit", "prepaid"] = "credit"
    networks: tuple[str, ...] = ()
    decline: Decline | None = None
    challenge: Literal["never", "supported", "unless_set_up", "set_up_already", "always"] = "never"
    attaches_only: bool = False
    dispute: Literal["fraudulent", "product_not_received", "inquiry"] | None = None
    early_fraud_warning: bool = False
    refund: Literal["at_once", "pending", "fails"] = "at_once"
    available_at_once: bool = False
    risk: Literal["normal", "elevated", "highest"] = "normal"
    blocked: bool = False
    cvc_check: Check = "pass"
    postal_check: Check = "pass"
    line1_check: Check = "pass"
    suggested: bool = False
