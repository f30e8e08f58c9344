"""Test cards that do something of their own: are declined, ask for 3-D Secure, are disputed.

Source: docs.stripe.com/testing#declined-payments, #fraud-prevention, #disputes, #refunds,
#available-balance and #3d-secure-authentication.
"""

from __future__ import annotations

from typing import Final

from donations.sandbox.cards import declines
from donations.sandbox.cards.card import Card

SPECIAL: Final = (
    Card(
        "4000000000000002", "pm_card_visa_chargeDeclined", "Declined", decline=declines.GENERIC,
        suggested=True,
    ),
    Card(
        "4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds",
        "Declined: insufficient funds", decline=declines.FUNDS, suggested=True,
    ),
    Card(
        "4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "Declined: lost",
        decline=declines.LOST,
    ),
    Card(
        "4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "Declined: stolen",
        decline=declines.STOLEN,
    ),
    Card(
        "4000000000000069", "pm_card_chargeDeclinedExpiredCard", "Declined: expired",
        decline=declines.EXPIRED,
    ),
    Card(
        "4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "Declined: wrong CVC",
        decline=declines.CVC,
    ),
    Card(
        "4000000000000119", "pm_card_chargeDeclinedProcessingError", "Declined: processing error",
        decline=declines.PROCESSING,
    ),
    Card(
        "4000000000006975", "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
        "Declined: used too often", decline=declines.VELOCITY,
    ),
    Card(
        "4000002760003184", "pm_card_authenticationRequired", "3-D Secure, every time",
        challenge="always", suggested=True,
    ),
    Card(
        "4000002500003155", "pm_card_authenticationRequiredOnSetup",
       "3-D Secure, then renews quietly",
        challenge="unless_set_up",
    ),
    Card(
        "4000003800000446", "pm_card_authenticationRequiredSetupForOffSession",
        "3-D Secure at the page, set up for renewals", challenge="set_up_already",
    ),
    Card(
        "4000008260003178", "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        "3-D Secure, then declined: insufficient funds", decline=declines.FUNDS,
        challenge="unless_set_up", attaches_only=True,
    ),
    Card(
        "4000000000003220", "pm_card_threeDSecure2Required", "3-D Secure 2 required",
        challenge="always",
    ),
    Card("4000000000003238", "", "3-D Secure 2 required (one-time code)", challenge="always"),
    Card("4000000000003246", "", "3-D Secure 2 required (one choice)", challenge="always"),
    Card("4000000000003253", "", "3-D Secure 2 required (more choices)", challenge="always"),
    Card(
        "4000000000003063", "pm_card_threeDSecureRequired", "3-D Secure required",
        challenge="always",
    ),
    Card(
        "4000008400001629", "pm_card_threeDSecureRequiredChargeDeclined",
        "3-D Secure, then declined", decline=declines.GENERIC, challenge="always",
    ),
    Card(
        "4000008400001280", "pm_card_threeDSecureRequiredProcessingError",
        "3-D Secure required and out of order: declined", decline=declines.GENERIC,
    ),
    Card(
        "4000000000003097", "pm_card_threeDSecureOptionalProcessingError",
        "3-D Secure out of order, and not needed",
    ),
    Card(
        "4000000000003055", "pm_card_threeDSecureOptional", "3-D Secure on request",
        challenge="supported",
    ),
    Card(
        "4000000000000341", "pm_card_chargeCustomerFail", "Succeeds once; renewals fail",
        attaches_only=True, suggested=True,
    ),
    Card(
        "4000000000000259", "pm_card_createDispute", "Succeeds, then disputed as fraud",
        dispute="fraudulent", suggested=True,
    ),
    Card(
        "4000000000002685", "pm_card_createDisputeProductNotReceived",
        "Succeeds, then disputed as not received", dispute="product_not_received",
    ),
    Card(
        "4000000000001976", "pm_card_createDisputeInquiry", "Succeeds, then an inquiry",
        dispute="inquiry",
    ),
    Card(
        "4000000000005423", "pm_card_createIssuerFraudRecord",
        "Succeeds, then an early fraud warning", early_fraud_warning=True,
    ),
    Card(
        "4100000000000019", "pm_card_radarBlock", "Blocked as fraud", risk="highest", blocked=True,
    ),
    Card(
        "4000000000004954", "pm_card_riskLevelHighest", "Blocked: highest risk", risk="highest",
        blocked=True,
    ),
    Card(
        "4000000000009235", "pm_card_riskLevelElevated", "Succeeds with elevated risk",
        risk="elevated",
    ),
    Card(
        "4000000000000101", "pm_card_cvcCheckFail", "Succeeds, the CVC does not match",
        cvc_check="fail",
    ),
    Card(
        "4000000000000036", "pm_card_avsZipFail", "Succeeds, the postal code does not match",
        postal_check="fail",
    ),
    Card(
        "4000000000000028", "pm_card_avsLine1Fail", "Succeeds, the street does not match",
        line1_check="fail",
    ),
    Card(
        "4000000000000010", "pm_card_avsFail", "Succeeds, the address does not match",
        postal_check="fail", line1_check="fail",
    ),
    Card(
        "4000000000000044", "pm_card_avsUnchecked", "Succeeds, the address is not checked",
        postal_check="unavailable", line1_check="unavailable",
    ),
    Card(
        "4000000000007726", "pm_card_pendingRefund", "Refunds stay pending a while",
        refund="pending",
    ),
    Card("4000000000005126", "pm_card_refundFail", "Refunds succeed, then fail", refund="fails"),
    Card(
        "4000000000000077", "pm_card_bypassPending", "Funds available at once",
        available_at_once=True,
    ),
    Card(
        "4000003720000278", "pm_card_bypassPendingInternational",
        "Funds available at once, issued in Ireland", country="IE", available_at_once=True,
    ),
)  # fmt: skip
