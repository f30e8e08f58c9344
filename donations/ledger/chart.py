"""The chart of accounts, and which account a movement of money is booked against.

The sign of a posting: debits positive, credits negative.  An account is named by us; the code an
accountant knows it by is the newsroom's own (`ledger.codes`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Account(StrEnum):
    """Where money stands or what it was for."""

    STRIPE_BALANCE = "stripe_balance"  # what Stripe holds, by settlement currency
    IN_TRANSIT = "in_transit"  # paid out by Stripe, not yet seen on a bank line
    UNDEPOSITED = "undeposited"  # cheques, cash and transfers counted, not yet on a bank line
    BANK = "bank"
    DEFERRED = "deferred"  # membership benefits still owed
    INCOME = "income"
    REFUNDS = "refunds"
    DISPUTES = "disputes"
    RELEASED = "released"  # restricted money set free for its purpose
    FEES = "fees"
    FEE_TAX = "fee_tax"
    DISPUTE_FEES = "dispute_fees"
    SERVICE_FEES = "service_fees"  # what Stripe charges the account beside payments
    EXCHANGE = "exchange"  # gain (credit) or loss (debit) by exchange rates
    ADJUSTMENTS = "adjustments"
    SUSPENSE = "suspense"  # moved at Stripe, and nothing here explains it yet


ASSETS: Final = frozenset(
    {Account.STRIPE_BALANCE, Account.IN_TRANSIT, Account.UNDEPOSITED, Account.BANK}
)
"""Where money stands; every other account says what it was for."""


FEE_ACCOUNTS: Final = (Account.FEES, Account.FEE_TAX, Account.DISPUTE_FEES, Account.SERVICE_FEES)
"""What a movement cost."""


class Kind(StrEnum):
    """What an entry records."""

    GIFT = "gift"
    CHARGE_FAILED = "charge_failed"  # a debit that had been credited bounced
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_REVERSED = "dispute_reversed"
    STRIPE_FEE = "stripe_fee"
    ADJUSTMENT = "adjustment"
    CONVERSION = "conversion"
    OTHER = "other"
    PAYOUT = "payout"
    PAYOUT_FAILED = "payout_failed"
    BANK_RECEIPT = "bank_receipt"
    RECOGNITION = "recognition"
    RELEASE = "release"
    REVERSAL = "reversal"


AGAINST: Final = {
    Kind.GIFT: (Account.INCOME, Account.FEES),
    Kind.CHARGE_FAILED: (Account.REFUNDS, Account.FEES),
    Kind.REFUND: (Account.REFUNDS, Account.FEES),
    Kind.REFUND_FAILED: (Account.REFUNDS, Account.FEES),
    Kind.DISPUTE: (Account.DISPUTES, Account.DISPUTE_FEES),
    Kind.DISPUTE_REVERSED: (Account.DISPUTES, Account.DISPUTE_FEES),
    Kind.STRIPE_FEE: (Account.SERVICE_FEES, Account.SERVICE_FEES),
    Kind.ADJUSTMENT: (Account.ADJUSTMENTS, Account.FEES),
    Kind.CONVERSION: (Account.EXCHANGE, Account.FEES),
    Kind.OTHER: (Account.SUSPENSE, Account.FEES),
    Kind.PAYOUT: (Account.IN_TRANSIT, Account.SERVICE_FEES),
    Kind.PAYOUT_FAILED: (Account.IN_TRANSIT, Account.SERVICE_FEES),
}
"""For a movement at Stripe: the account of its amount, and the account of its fee."""
