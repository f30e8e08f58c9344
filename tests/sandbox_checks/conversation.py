"""A whole life with Stripe, as a table of calls: what is asked, kept, and refused.

Each chapter stands on the ones before it.
"""

from __future__ import annotations

from sandbox_checks.chapters.account import EVENTS, PAYOUTS, WEBHOOKS
from sandbox_checks.chapters.billing import BILLING
from sandbox_checks.chapters.catalogue import CATALOGUE
from sandbox_checks.chapters.checkout import CHECKOUT
from sandbox_checks.chapters.clocks import CLOCKS
from sandbox_checks.chapters.drafts import DRAFTS
from sandbox_checks.chapters.money import CHARGES, DISPUTES, REFUNDS
from sandbox_checks.chapters.payments import PAYMENTS
from sandbox_checks.chapters.portal import PORTAL
from sandbox_checks.chapters.readers import CUSTOMERS, METHODS
from sandbox_checks.chapters.setups import SETUPS
from sandbox_checks.chapters.subscriptions import INVOICES, SUBSCRIPTIONS

CONVERSATION = (
    *WEBHOOKS,
    *CATALOGUE,
    *CUSTOMERS,
    *METHODS,
    *CHECKOUT,
    *SUBSCRIPTIONS,
    *INVOICES,
    *PORTAL,
    *CLOCKS,
    *PAYMENTS,
    *SETUPS,
    *BILLING,
    *DRAFTS,
    *CHARGES,
    *REFUNDS,
    *DISPUTES,
    *PAYOUTS,
    *EVENTS,
)
