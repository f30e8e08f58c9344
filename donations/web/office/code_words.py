"""What staff read in place of codes: one list of words per kind of code."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext

FREQUENCIES: Final = {
    "once": lazy_gettext("One-time"),
    "monthly": lazy_gettext("Monthly"),
    "annual": lazy_gettext("Annual"),
    "all": lazy_gettext("All"),
    None: lazy_gettext("No gift"),
}
STATUSES: Final = {
    "awaiting": lazy_gettext("Awaiting Stripe’s fee"),
    "settled": lazy_gettext("Settled"),
    "refunded": lazy_gettext("Refunded"),
    "part_refunded": lazy_gettext("Partly refunded"),
    "disputed": lazy_gettext("Disputed"),
    "taken_back": lazy_gettext("Taken back"),
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
    "all": lazy_gettext("All"),
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
    "taken_back": lazy_gettext("Gift taken back"),
    "past_gift": lazy_gettext("Gift before these books, told by another program"),
    "past_sum": lazy_gettext("All gifts before these books, told by another program"),
    "began_elsewhere": lazy_gettext("Membership began elsewhere"),
    "membership_started": lazy_gettext("Membership started"),
    "payment_failed": lazy_gettext("Payment failed"),
    "asked_for": lazy_gettext("They asked for"),
    "written": lazy_gettext("Letter"),
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
    "in_transit": lazy_gettext("Payouts in transit"),
    "undeposited": lazy_gettext("Undeposited"),
    "bank": lazy_gettext("Bank"),
    "deferred": lazy_gettext("Benefits owed"),
    "released": lazy_gettext("Restricted funds released"),
    "fee_tax": lazy_gettext("Tax on fees"),
    "service_fees": lazy_gettext("Stripe service fees"),
    "exchange": lazy_gettext("Exchange gain and loss"),
    "adjustments": lazy_gettext("Adjustments"),
    "suspense": lazy_gettext("Not explained yet"),
}
ENTRIES: Final = {
    "gift": lazy_gettext("Gift"),
    "refund": lazy_gettext("Refund"),
    "refund_failed": lazy_gettext("Refund that failed"),
    "dispute": lazy_gettext("Dispute"),
    "dispute_reversed": lazy_gettext("Dispute won back"),
    "adjustment": lazy_gettext("Adjustment"),
    "reversal": lazy_gettext("Reversal"),
    "release": lazy_gettext("Release from a fund"),
    "recognition": lazy_gettext("Benefits given"),
    "charge_failed": lazy_gettext("Debit that bounced"),
    "stripe_fee": lazy_gettext("Charged by Stripe"),
    "conversion": lazy_gettext("Conversion"),
    "other": lazy_gettext("Not explained yet"),
    "payout": lazy_gettext("Payout"),
    "payout_failed": lazy_gettext("Payout that came back"),
    "bank_receipt": lazy_gettext("Arrival at the bank"),
}
METHODS: Final = {
    "card": lazy_gettext("Card"),
    "sepa_debit": lazy_gettext("SEPA direct debit"),
    "paypal": "PayPal",
    "link": "Link",
    "cheque": lazy_gettext("Cheque"),
    "bank_transfer": lazy_gettext("Bank transfer"),
    "cash": lazy_gettext("Cash"),
    "unknown": lazy_gettext("Not told"),
    "all": lazy_gettext("All"),
}
STRIPE_WORDS: Final = {
    "asked_amount": lazy_gettext("another amount"),
    "asked_frequency": lazy_gettext("another rhythm"),
    "asked_pause": lazy_gettext("a pause"),
    "asked_resume": lazy_gettext("the end of the pause"),
    "asked_skip": lazy_gettext("to skip the next payment"),
    "asked_move": lazy_gettext("another date"),
    "asked_cancel": lazy_gettext("to end it"),
    "asked_keep": lazy_gettext("to keep it after all"),
    "notice_membership_failed": lazy_gettext("payment failed"),
    "notice_membership_confirm": lazy_gettext("payment to be confirmed"),
    "notice_membership_last": lazy_gettext("last notice"),
    "notice_membership_lapsed": lazy_gettext("support has ended"),
    "notice_card_expiring": lazy_gettext("card about to expire"),
    "notice_card_expired": lazy_gettext("card expired"),
    "notice_annual_notice": lazy_gettext("yearly payment coming up"),
    "notice_still_reading": lazy_gettext("still reading?"),
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
EXCEPTIONS: Final = {
    "invariant_broken": lazy_gettext("The books contradict themselves"),
    "balance_differs": lazy_gettext("Stripe holds another balance than the books"),
    "in_stripe_not_here": lazy_gettext("Moved at Stripe, and nothing here explains it"),
    "here_not_in_stripe": lazy_gettext("Here, and not at Stripe"),
    "payout_bank_differs": lazy_gettext("Payouts that reached the bank as another amount"),
    "payout_lines_differ": lazy_gettext("Payouts that are not the sum of their lines"),
    "payout_not_at_bank": lazy_gettext("Payouts on no bank statement"),
    "bank_line_unmatched": lazy_gettext("Money at the bank, and nobody said from where"),
    "late_into_closed": lazy_gettext("Came too late for its own month"),
    "no_fund": lazy_gettext("Given for a fund that is not there"),
    "membership_differs": lazy_gettext("Memberships that stand otherwise at Stripe"),
    "refund_differs": lazy_gettext("Refunds that stand otherwise at Stripe"),
    "dispute_differs": lazy_gettext("Disputes that stand otherwise at Stripe"),
}
STANDINGS: Final = {
    "open": lazy_gettext("Open"),
    "explained": lazy_gettext("Explained"),
    "cleared": lazy_gettext("Cleared"),
}
INVARIANTS: Final = {
    "entries_balance": lazy_gettext("every entry sums to nothing"),
    "entries_have_postings": lazy_gettext("every entry has postings"),
    "nothing_waits_to_balance": lazy_gettext("no entry waits to be balanced"),
    "totals_are_sums": lazy_gettext("the daily totals are what the postings sum to"),
    "payout_totals_are_sums": lazy_gettext("the totals of payouts are what their lines sum to"),
    "numbers_have_no_gap": lazy_gettext("entries are numbered without a gap"),
    "owed_is_owed": lazy_gettext("the membership benefits owed are what is left of each month’s"),
    "payouts_are_their_lines": lazy_gettext("payouts are the sum of their lines"),
    "in_transit_is_sent": lazy_gettext("what is in transit was sent and has not arrived"),
    "matches_have_entries": lazy_gettext("every match of a bank line is in the books"),
    "gifts_are_booked_once": lazy_gettext("every gift is booked once, every booking has a gift"),
}
DIFFERING: Final = {
    "state": lazy_gettext("State"),
    "amount": lazy_gettext("Amount"),
    "frequency": lazy_gettext("How often"),
}
ROLL_FORWARD_LINES: Final = {
    "opening": lazy_gettext("Opening balance"),
    "gifts": lazy_gettext("Gifts, gross"),
    "bounced": lazy_gettext("Debits that bounced"),
    "fees": lazy_gettext("Processing fees"),
    "fee_tax": lazy_gettext("Tax on fees"),
    "refunds": lazy_gettext("Refunds"),
    "refunds_failed": lazy_gettext("Refunds that failed"),
    "disputes": lazy_gettext("Disputes"),
    "disputes_won": lazy_gettext("Disputes won back"),
    "dispute_fees": lazy_gettext("Dispute fees"),
    "service_fees": lazy_gettext("Stripe’s own fees"),
    "conversions": lazy_gettext("Exchange conversions"),
    "adjustments": lazy_gettext("Adjustments"),
    "suspense": lazy_gettext("Suspense and other"),
    "corrections": lazy_gettext("Corrections"),
    "payouts": lazy_gettext("Payouts"),
    "payouts_returned": lazy_gettext("Payouts that came back"),
    "closing": lazy_gettext("Closing balance"),
}
RETURN_PERIODS: Final = {
    "same": lazy_gettext("Same month"),
    "earlier": lazy_gettext("Earlier month"),
    "closed": lazy_gettext("Closed month"),
}
PAYOUT_STATES: Final = {
    "pending": lazy_gettext("Pending"),
    "in_transit": lazy_gettext("In transit"),
    "paid": lazy_gettext("Paid"),
    "failed": lazy_gettext("Failed"),
    "canceled": lazy_gettext("Cancelled"),
}
MATCHED_BY: Final = {
    "trace": lazy_gettext("Trace id"),
    "amount_and_date": lazy_gettext("Amount and date"),
}
LINE_KINDS: Final = {
    "gift": lazy_gettext("Gift"),
    "charge_failed": lazy_gettext("Debit that bounced"),
    "refund": lazy_gettext("Refund"),
    "refund_failed": lazy_gettext("Refund that failed"),
    "dispute": lazy_gettext("Dispute"),
    "dispute_reversed": lazy_gettext("Dispute won back"),
    "stripe_fee": lazy_gettext("Stripe service fee"),
    "adjustment": lazy_gettext("Adjustment"),
    "conversion": lazy_gettext("Currency conversion"),
    "other": lazy_gettext("Not explained yet"),
    "payout_failed": lazy_gettext("Failed payout, paid again"),
    "unbooked_gifts": lazy_gettext("Payment, not booked yet"),
    "unbooked_refunds": lazy_gettext("Refund, not booked yet"),
    "unbooked_disputes": lazy_gettext("Dispute, not booked yet"),
    "unbooked_service_fees": lazy_gettext("Stripe service fee, not booked yet"),
    "unbooked_conversions": lazy_gettext("Currency conversion, not booked yet"),
    "unbooked_adjustments": lazy_gettext("Adjustment, not booked yet"),
    "unbooked_paid_again": lazy_gettext("Failed payout, paid again, not booked yet"),
}
CATEGORIES: Final = {
    "gifts": lazy_gettext("Gifts"),
    "refunds": lazy_gettext("Refunds"),
    "disputes": lazy_gettext("Disputes"),
    "service_fees": lazy_gettext("Stripe service fees"),
    "conversions": lazy_gettext("Currency conversions"),
    "adjustments": lazy_gettext("Adjustments and what is not explained yet"),
    "paid_again": lazy_gettext("Paid again from failed payouts"),
}
BANK_STANDINGS: Final = {
    "open": lazy_gettext("Open"),
    "matched": lazy_gettext("Matched"),
    "dismissed": lazy_gettext("Left aside"),
}
ROLES: Final = {
    "finance": lazy_gettext("Finance"),
    "accountant": lazy_gettext("Accountant"),
    "support": lazy_gettext("Support"),
    "editor": lazy_gettext("Editor"),
    "admin": lazy_gettext("Administrator"),
}
RESTRICTIONS: Final = {
    "restricted": lazy_gettext("Restricted"),
    "unrestricted": lazy_gettext("Not restricted"),
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
    "PAYOUT_STATES": PAYOUT_STATES,
    "MATCHED_BY": MATCHED_BY,
    "LINE_KINDS": LINE_KINDS,
    "CATEGORIES": CATEGORIES,
    "BANK_STANDINGS": BANK_STANDINGS,
    "INCOME_KINDS": INCOME_KINDS,
    "ROLL_FORWARD_LINES": ROLL_FORWARD_LINES,
    "RETURN_PERIODS": RETURN_PERIODS,
    "EXCEPTIONS": EXCEPTIONS,
    "STANDINGS": STANDINGS,
    "INVARIANTS": INVARIANTS,
    "RESTRICTIONS": RESTRICTIONS,
}


def said(words: dict[Any, Any], code: object) -> str:
    """The word for `code`; a code we have no word for is shown as it is."""
    return str(words.get(code, code))
