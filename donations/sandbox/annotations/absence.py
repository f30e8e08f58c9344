"""The fields Stripe leaves out of an answer where the SDK's types would allow null.

`Optional` in the SDK means "null or absent".  Stripe's OpenAPI description tells the two apart: a
field that is neither required nor nullable is absent when it has no value.  Fields which that
description does not know at all are legacy or gated ones and absent too, unless Stripe's own sample
objects carry them.  A program that reads an absent field fails on Stripe, so it has to fail here.
"""

from __future__ import annotations

from typing import Final

EVERY: Final = "*"

LEFT_OUT: Final[dict[str, str]] = {
    "Balance": "connect_reserved instant_available issuing refund_and_dispute_prefunding",
    "Balance.Available.SourceTypes": EVERY,
    "Balance.ConnectReserved.SourceTypes": EVERY,
    "Balance.InstantAvailable": "net_available source_types",
    "Balance.InstantAvailable.SourceTypes": EVERY,
    "Balance.Pending.SourceTypes": EVERY,
    "Balance.RefundAndDisputePrefunding.Available.SourceTypes": EVERY,
    "Balance.RefundAndDisputePrefunding.Pending.SourceTypes": EVERY,
    "Charge": "authorization_code level3 presentment_details radar_options transfer",
    "Charge.FraudDetails": EVERY,
    "Charge.Outcome": "risk_level risk_score rule",
    "Charge.PaymentMethodDetails.Card": (
        "capture_before description extended_authorization iin incremental_authorization issuer "
        "moto multicapture overcapture"
    ),
    "Charge.PaymentMethodDetails.Card.ThreeDSecure": "exemption_indicator_applied",
    "Charge.PaymentMethodDetails.SepaDebit": "expected_debit_date",
    "Charge.Shipping": "address name",
    "Coupon": "applies_to currency_options",
    "CreditNote.PretaxCreditAmount": EVERY,
    "Customer": "business_name individual_name invoice_credit_balance tax",
    "Customer.Shipping": "address name",
    "Dispute": "network_reason_code payment_method_details",
    "Dispute.Evidence.EnhancedEvidence": EVERY,
    "Dispute.EvidenceDetails.EnhancedEligibility": EVERY,
    "Event": "account context",
    "Event.Data": "previous_attributes",
    "Invoice": "threshold_reason",
    "Invoice.AutomaticTax.Liability": "account",
    "Invoice.CustomerShipping": "address name",
    "Invoice.Issuer": "account",
    "Invoice.LastFinalizationError": EVERY,
    "Invoice.Parent.SubscriptionDetails": "subscription_proration_date",
    "Invoice.ShippingDetails": "address name",
    "InvoiceItem": "frozen_fields invoicing_rules net_amount proration_details",
    "InvoiceItem.ProrationDetails.CreditedItems": EVERY,
    "InvoicePayment.Payment": EVERY,
    "LineItem": "discounts taxes",
    "Mandate": "on_behalf_of",
    "Mandate.MultiUse": EVERY,
    "Mandate.PaymentMethodDetails.Card": "india",
    "PaymentIntent": "amount_details hooks payment_details presentment_details",
    "PaymentIntent.AmountDetails": "discount_amount error line_items shipping tax",
    "PaymentIntent.AmountDetails.Tip": "amount",
    "PaymentIntent.AutomaticPaymentMethods": "allow_redirects",
    "PaymentIntent.LastPaymentError": EVERY,
    "PaymentIntent.NextAction": "use_stripe_sdk",
    "PaymentIntent.PaymentMethodOptions": EVERY,
    "PaymentIntent.PaymentMethodOptions.Card": (
        "capture_method request_extended_authorization request_incremental_authorization "
        "request_multicapture request_overcapture require_cvc_recollection setup_future_usage "
        "statement_descriptor_suffix_kana statement_descriptor_suffix_kanji"
    ),
    "PaymentIntent.PaymentMethodOptions.SepaDebit": EVERY,
    "PaymentIntent.Shipping": "address name",
    "PaymentIntent.TransferData": EVERY,
    "PaymentMethod": "allow_redisplay radar_options",
    "PaymentMethod.Card": "description iin issuer",
    "Plan": "tiers",
    "Price": "currency_options tiers",
    "PromotionCode.Restrictions": "currency_options",
    "Refund": (
        "description destination_details failure_balance_transaction failure_reason "
        "instructions_email next_action pending_reason presentment_details"
    ),
    "Refund.DestinationDetails.Card": "reference reference_status reference_type",
    "SetupAttempt": "attach_to_self",
    "SetupAttempt.PaymentMethodDetails.Card": "description iin issuer moto",
    "SetupAttempt.SetupError": EVERY,
    "SetupIntent": "attach_to_self",
    "SetupIntent.AutomaticPaymentMethods": "allow_redirects",
    "SetupIntent.LastSetupError": EVERY,
    "SetupIntent.NextAction": "use_stripe_sdk",
    "SetupIntent.PaymentMethodOptions": EVERY,
    "SetupIntent.PaymentMethodOptions.SepaDebit": EVERY,
    "Subscription": "presentment_details",
    "Subscription.AutomaticTax.Liability": "account",
    "Subscription.BillingMode": "updated_at",
    "Subscription.BillingMode.Flexible": "proration_discounts",
    "Subscription.InvoiceSettings.Issuer": "account",
    "SubscriptionItem": "billed_until quantity",
    "WebhookEndpoint": "secret",
    "billing_portal.Session.Flow.SubscriptionUpdateConfirm.Item": "quantity",
    "checkout.Session": (
        "branding_settings excluded_payment_method_types name_collection phone_number_collection "
        "presentment_details redirect_on_completion return_url tax_id_collection"
    ),
    "checkout.Session.AutomaticTax.Liability": "account",
    "checkout.Session.InvoiceCreation.InvoiceData.Issuer": "account",
    "checkout.Session.NameCollection": EVERY,
    "checkout.Session.PaymentMethodOptions": EVERY,
    "checkout.Session.PaymentMethodOptions.Card": EVERY,
    "checkout.Session.PaymentMethodOptions.SepaDebit": EVERY,
    "checkout.Session.ShippingCost": "taxes",
    "checkout.Session.TotalDetails": "breakdown",
    "checkout.Session.WalletOptions": EVERY,
    "radar.EarlyFraudWarning": "payment_intent",
    "test_helpers.TestClock.StatusDetails": EVERY,
}


def left_out(owner: type, name: str) -> bool:
    """Whether Stripe leaves the field out of an object of class `owner` when it has no value."""
    package = owner.__module__.split(".")[1:-1]
    named = LEFT_OUT.get(".".join([*package, owner.__qualname__]), "")
    return named == EVERY or name in named.split()
