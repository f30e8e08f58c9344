"""Why a payment failed: one table from Stripe's codes to a reason, a sentence and what helps.

Every sentence says whether money moved.  The codes are those of docs.stripe.com/declines/codes,
docs.stripe.com/error-codes and docs.stripe.com/payments/bank-debits/failed-payments; the codes of a
lost or stolen card and of suspected fraud are told as a plain refusal, as Stripe asks, so that no
thief learns from us.  A code nobody here knows is a plain refusal too.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Reason(StrEnum):
    """Why, as far as a member can do something about it."""

    FUNDS = "funds"
    LIMIT = "limit"
    EXPIRED = "expired"
    DETAILS = "details"
    ACCOUNT = "account"
    KIND = "kind"
    CONFIRM = "confirm"
    TRIED = "tried"
    STOPPED = "stopped"
    BANK = "bank"


class Cure(StrEnum):
    """What helps."""

    WAIT = "wait"
    CARD = "card"
    CONFIRM = "confirm"
    STOP = "stop"


def _text(message: str) -> str:
    """Marks a text for the translators; it is translated where it is shown."""
    return message


N_: Final = _text

SENTENCES: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.FUNDS: N_(
            "Your bank said that there was not enough money on the account. No money was taken."
        ),
        Reason.LIMIT: N_("Your bank said that the card’s limit was reached. No money was taken."),
        Reason.EXPIRED: N_("The card has expired. No money was taken."),
        Reason.DETAILS: N_(
            "Your bank did not recognise the card’s number, date or code. No money was taken."
        ),
        Reason.ACCOUNT: N_(
            "Your bank no longer allows payments from this account. No money was taken."
        ),
        Reason.KIND: N_("This card cannot be used for payments like this one. No money was taken."),
        Reason.CONFIRM: N_(
            "Your bank wants you to confirm the payment yourself. No money has been taken yet."
        ),
        Reason.TRIED: N_("Your bank could not be reached or could not answer. No money was taken."),
        Reason.STOPPED: N_(
            "Your bank said that you asked it to stop these payments. No money was taken."
        ),
        Reason.BANK: N_("Your bank refused the payment and did not say why. No money was taken."),
    }
)

CURES: Final[Mapping[Reason, Cure]] = MappingProxyType(
    {
        Reason.FUNDS: Cure.WAIT,
        Reason.LIMIT: Cure.WAIT,
        Reason.EXPIRED: Cure.CARD,
        Reason.DETAILS: Cure.CARD,
        Reason.ACCOUNT: Cure.CARD,
        Reason.KIND: Cure.CARD,
        Reason.CONFIRM: Cure.CONFIRM,
        Reason.TRIED: Cure.WAIT,
        Reason.STOPPED: Cure.STOP,
        Reason.BANK: Cure.CARD,
    }
)

_CODES: Final[Mapping[Reason, tuple[str, ...]]] = MappingProxyType(
    {
        Reason.FUNDS: ("insufficient_funds",),
        Reason.LIMIT: ("card_velocity_exceeded", "withdrawal_count_limit_exceeded"),
        Reason.EXPIRED: ("expired_card",),
        Reason.DETAILS: (
            *("incorrect_number", "invalid_number", "incorrect_cvc", "invalid_cvc"),
            *("invalid_expiry_month", "invalid_expiry_year", "incorrect_zip", "incorrect_address"),
            *(
                "incorrect_pin",
                "invalid_pin",
                "offline_pin_required",
                "online_or_offline_pin_required",
            ),
            *("pin_try_exceeded", "bank_account_unusable", "invalid_account_number"),
        ),
        Reason.ACCOUNT: (
            *("invalid_account", "new_account_information_available", "account_closed"),
            *("account_frozen", "bank_account_restricted", "no_account", "bank_ownership_changed"),
            *("recipient_deceased", "branch_does_not_exist", "incorrect_account_holder_name"),
        ),
        Reason.KIND: (
            *("card_not_supported", "currency_not_supported", "transaction_not_allowed"),
            *("service_not_allowed", "not_permitted", "invalid_amount", "testmode_decline"),
            *("debit_not_authorized", "mobile_device_authentication_required"),
        ),
        Reason.CONFIRM: (
            *("authentication_required", "authentication_not_handled"),
            *(
                "payment_intent_authentication_failure",
                "subscription_payment_intent_requires_action",
            ),
            *("invoice_payment_intent_requires_action", "setup_intent_authentication_failure"),
        ),
        Reason.TRIED: (
            *("processing_error", "issuer_not_available", "reenter_transaction"),
            *("try_again_later", "approve_with_id", "duplicate_transaction", "live_mode_test_card"),
            *("generic_could_not_process", "could_not_process", "rate_limit"),
        ),
        Reason.STOPPED: (
            *("stop_payment_order", "revocation_of_all_authorizations"),
            *("revocation_of_authorization", "debit_disputed", "customer_cancelled"),
        ),
        Reason.BANK: (
            *("generic_decline", "card_declined", "do_not_honor", "do_not_try_again"),
            *("call_issuer", "no_action_taken", "security_violation", "restricted_card"),
            *("lost_card", "stolen_card", "pickup_card", "fraudulent", "merchant_blacklist"),
            *("refer_to_customer", "bank_account_declined", "debit_declined"),
        ),
    }
)
TABLE: Final[Mapping[str, Reason]] = MappingProxyType(
    {code: reason for reason, codes in _CODES.items() for code in codes}
)


def reason_of(code: str | None) -> Reason:
    """The reason behind one of Stripe's codes."""
    return TABLE.get(code or "", Reason.BANK)


def sentence_of(code: str | None) -> str:
    """The sentence for one of Stripe's codes, in English; the caller translates it."""
    return SENTENCES[reason_of(code)]
