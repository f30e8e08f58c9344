"""What staff read in place of codes: one list of words per kind of code."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext

FREQUENCIES: Final = {
    "once": lazy_gettext("One-time"),
    "monthly": lazy_gettext("Monthly"),
    "annual": lazy_gettext("Annual"),
    None: lazy_gettext("No gift"),
}
STATUSES: Final = {
    "awaiting": lazy_gettext("Awaiting Stripe’s fee"),
    "settled": lazy_gettext("Settled"),
    "refunded": lazy_gettext("Refunded"),
    "part_refunded": lazy_gettext("Partly refunded"),
    "disputed": lazy_gettext("Disputed"),
}
BELONGINGS: Final = {
    "current": lazy_gettext("Members now"),
    "past": lazy_gettext("Past members"),
    "never": lazy_gettext("Never members"),
}
MEMBERSHIPS: Final = {
    "active": lazy_gettext("Active"),
    "past_due": lazy_gettext("Payment overdue"),
    "incomplete": lazy_gettext("Not yet paid"),
    "paused": lazy_gettext("Paused"),
    "unpaid": lazy_gettext("Unpaid"),
    "ended": lazy_gettext("Ended"),
    "canceled": lazy_gettext("Ended"),
}
PROGRESSES: Final = {
    "dead": lazy_gettext("Gave up"),
    "failing": lazy_gettext("Failing"),
    "waiting": lazy_gettext("Waiting"),
    "done": lazy_gettext("Done"),
}
OUTCOMES: Final = {
    "applied": lazy_gettext("Applied"),
    "not_ours": lazy_gettext("Not ours"),
    "unknown_type": lazy_gettext("Type not used"),
    "gone": lazy_gettext("Gone at Stripe"),
}
HAPPENINGS: Final = {
    "gift": lazy_gettext("Gift received"),
    "receipt": lazy_gettext("Receipt issued"),
    "refund": lazy_gettext("Refund"),
    "dispute": lazy_gettext("Dispute"),
    "membership_started": lazy_gettext("Membership started"),
    "payment_failed": lazy_gettext("Payment failed"),
    "membership_ended": lazy_gettext("Membership ended"),
    "forgotten": lazy_gettext("Identity erased"),
}
ACCOUNTS: Final = {
    "stripe_balance": lazy_gettext("Stripe balance"),
    "income": lazy_gettext("Income"),
    "refunds": lazy_gettext("Refunds"),
    "fees": lazy_gettext("Stripe fees"),
    "disputes": lazy_gettext("Disputes"),
    "dispute_fees": lazy_gettext("Dispute fees"),
}
ENTRIES: Final = {
    "gift": lazy_gettext("Gift"),
    "refund": lazy_gettext("Refund"),
    "refund_failed": lazy_gettext("Refund that failed"),
    "dispute": lazy_gettext("Dispute"),
    "dispute_reversed": lazy_gettext("Dispute won back"),
    "adjustment": lazy_gettext("Adjustment"),
}
METHODS: Final = {
    "card": lazy_gettext("Card"),
    "sepa_debit": lazy_gettext("SEPA direct debit"),
    "paypal": "PayPal",
    "link": "Link",
    "unknown": lazy_gettext("Not told"),
}
STRIPE_WORDS: Final = {
    "pending": lazy_gettext("under way"),
    "requires_action": lazy_gettext("waits for the reader"),
    "succeeded": lazy_gettext("done"),
    "failed": lazy_gettext("failed"),
    "canceled": lazy_gettext("cancelled"),
    "warning_needs_response": lazy_gettext("inquiry to be answered"),
    "warning_under_review": lazy_gettext("inquiry under review"),
    "warning_closed": lazy_gettext("inquiry closed"),
    "needs_response": lazy_gettext("to be answered"),
    "under_review": lazy_gettext("under review"),
    "won": lazy_gettext("won"),
    "lost": lazy_gettext("lost"),
    "prevented": lazy_gettext("prevented"),
    "fraudulent": lazy_gettext("payment not recognised as the reader’s"),
    "unrecognized": lazy_gettext("payment not recognised"),
    "duplicate": lazy_gettext("charged twice"),
    "subscription_canceled": lazy_gettext("charged after cancelling"),
    "credit_not_processed": lazy_gettext("promised refund missing"),
    "general": lazy_gettext("no reason given"),
    "insufficient_funds": lazy_gettext("not enough money on the account"),
    "generic_decline": lazy_gettext("declined by the bank"),
    "card_declined": lazy_gettext("declined by the bank"),
    "do_not_honor": lazy_gettext("declined by the bank"),
    "expired_card": lazy_gettext("card expired"),
    "authentication_required": lazy_gettext("the bank asks the reader to confirm"),
    "cancellation_requested": lazy_gettext("cancelled by request"),
    "payment_failed": lazy_gettext("payment failed"),
    "payment_disputed": lazy_gettext("payment disputed"),
}
INCOME_KINDS: Final = {
    "": lazy_gettext("Other"),
    "gift": lazy_gettext("Gift"),
    "membership": lazy_gettext("Membership"),
}
ROLES: Final = {
    "finance": lazy_gettext("Finance"),
    "accountant": lazy_gettext("Accountant"),
    "support": lazy_gettext("Support"),
    "editor": lazy_gettext("Editor"),
    "admin": lazy_gettext("Administrator"),
}
ALL: Final[dict[str, dict[Any, Any]]] = {
    "FREQUENCIES": FREQUENCIES,
    "STATUSES": STATUSES,
    "BELONGINGS": BELONGINGS,
    "MEMBERSHIPS": MEMBERSHIPS,
    "PROGRESSES": PROGRESSES,
    "OUTCOMES": OUTCOMES,
    "HAPPENINGS": HAPPENINGS,
    "ACCOUNTS": ACCOUNTS,
    "ENTRIES": ENTRIES,
    "METHODS": METHODS,
    "STRIPE_WORDS": STRIPE_WORDS,
    "ROLES": ROLES,
    "INCOME_KINDS": INCOME_KINDS,
}


def said(words: dict[Any, Any], code: object) -> str:
    """The word for `code`; a code we have no word for is shown as it is."""
    return str(words.get(code, code))
