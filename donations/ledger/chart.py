"""The chart of accounts, and which account a Stripe movement is booked against.

The sign of a posting: debits positive, credits negative.  `stripe_balance` is the money Stripe
holds for the newsroom, in each settlement currency.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Account(StrEnum):
    """Where money stands or what it was for."""

    STRIPE_BALANCE = "stripe_balance"
    INCOME = "income"
    REFUNDS = "refunds"
    FEES = "fees"
    DISPUTES = "disputes"
    DISPUTE_FEES = "dispute_fees"


class Kind(StrEnum):
    """What an entry records."""

    GIFT = "gift"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_REVERSED = "dispute_reversed"


AGAINST: Final = {
    Kind.GIFT: (Account.INCOME, Account.FEES),
    Kind.REFUND: (Account.REFUNDS, Account.FEES),
    Kind.REFUND_FAILED: (Account.REFUNDS, Account.FEES),
    Kind.DISPUTE: (Account.DISPUTES, Account.DISPUTE_FEES),
    Kind.DISPUTE_REVERSED: (Account.DISPUTES, Account.DISPUTE_FEES),
}
