"""The differences between the sandbox and Stripe's OpenAPI description, each with its reason.

A key may hold `*`.  The description is of `dahlia` (August 2026), the sandbox of `endive` (October
2026); what came between was read from a comparison of the SDK's versions 15.6 and 16.1.
"""

from __future__ import annotations

NEW = "added by endive"
DROPPED = "dropped by endive"
NEWER = "declared by the SDK, which is a version newer than the description"
LEGACY = "legacy: not described any more, but in Stripe's sample objects and in the SDK"
SDK_ONLY = "legacy or gated: declared by the SDK, not described"
UNBORN = "the invoice of `invoice.upcoming` has no id, says the event's own description"
TOKENS = "raw card and bank data, which the SDK does not declare"

OPERATIONS_UNKNOWN = {
    "POST /v1/subscriptions/<id>/pause": NEW,
}

FIELDS = {
    "billing_portal.session after_expiration unknown": NEW,
    "charge source unknown": LEGACY,
    "checkout.session allowed_payment_method_types unknown": NEW,
    "dispute intended_submission_method unknown": NEW,
    "dispute_evidence appeal unknown": NEW,
    "dispute_evidence_details submission_method unknown": NEW,
    "invoice id missing": UNBORN,
    "invoice status_details unknown": NEW,
    "payment_intent payment_record unknown": NEW,
    "payment_intent source unknown": LEGACY,
    "payment_intent_payment_method_options_card setup_credential_usage unknown": NEW,
    "payment_intent_payment_method_options_card stored_credential_usage unknown": NEW,
    "payment_method_details_card electronic_commerce_indicator unknown": NEW,
    "payment_method_details_card setup_credential_usage unknown": NEW,
    "payment_method_details_card stored_credential_usage unknown": NEW,
    "portal_features subscription_pause unknown": NEW,
    "portal_flows_flow subscription_pause unknown": NEW,
    "product tax_details unknown": NEW,
    "product type unknown": LEGACY,
    "recurring trial_period_days unknown": LEGACY,
    "subscription status_details unknown": NEW,
    "subscription_item plan unknown": LEGACY,
    "subscriptions_resource_trial_settings_end_behavior billing_cycle_anchor unknown": NEW,
}

# "more" and "less" are the SDK's parameters beside the description's
PARAMETERS = {
    "* less client_secret": "only for requests with a publishable key",
    "* less payment_method_types": DROPPED,
    "POST /v1/customers/<id> less *": TOKENS,
    "POST /v1/payment_methods/<id> less payto*": "not declared by the SDK",
    "* more *billie.company_details*": NEW,
    "* more *billie.reference": NEW,
    "* more *blik*": NEW,
    "* more *current_trial*": NEW,
    "* more *paypay*": NEW,
    "* more *sequra*": NEW,
    "* more *tax_details*": NEW,
    "* more *.card.setup_credential_usage": NEW,
    "* more *.card.stored_credential_usage": NEW,
    "* more *billing_cycle_anchor.t*": "given another form by endive",
    "* more *end_behavior.billing_cycle_anchor": NEW,
    "* more after_expiration*": NEW,
    "* more allowed_payment_method_types": NEW,
    "* more evidence.appeal*": NEW,
    "* more features.subscription_pause*": NEW,
    "* more flow_data.subscription_pause*": NEW,
    "* more intended_submission_method": NEW,
    "* more subscription_data.invoice_settings.*": NEW,
    "* more *plan": SDK_ONLY,
    "* more *fpx.account_holder_type": SDK_ONLY,
    "* more *link.persistent_token": SDK_ONLY,
    "* more *card.moto": SDK_ONLY,
    "* more *recurring.trial_period_days": SDK_ONLY,
    "* more validate": SDK_ONLY,
    "* /v1/products more type": SDK_ONLY,
    "POST /v1/checkout/sessions/<id> more payment_intent_data*": NEWER,
    "POST /v1/invoiceitems/<id> more invoicing_rules*": NEWER,
    "POST /v1/invoices/create_preview more schedule_details.*": NEWER,
    "POST /v1/invoices/create_preview more subscription_details.pause*": NEWER,
    "POST /v1/subscriptions/<id>/resume more payment_behavior": NEWER,
}

# operations that never give a good answer here
REFUSED_ALWAYS = {
    "POST /v1/payment_intents/<id>/increment_authorization": "no test card takes a larger amount",
    "POST /v1/payouts/<id>/reverse": "only payouts of connected accounts can be reversed",
    **{
        f"GET /v1/{noun}/search": "there is no search; the address is taken lest it be an id"
        for noun in (
            "charges",
            "customers",
            "invoices",
            "payment_intents",
            "prices",
            "products",
            "subscriptions",
        )
    },
}

# parameters whose parts are not named one by one, by the beginning of their path
TAKEN_WHOLE = {
    "automatic_tax.": "refused when it is to be computed",
    "custom_text.": "kept as it was given",
    "permissions.": "refused with the pages it belongs to",
    "wallet_options.": "kept as it was given",
    "evidence.": "kept as it was given",
    "mandate_data.": "kept as it was given",
    "payment_method_data.": "a kind the sandbox cannot make is refused by its name",
    "payment_method_options.": "an option without effect is refused by its name",
}
