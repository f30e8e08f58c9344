"""Every report that can be asked for, in the order accountants number them."""

from __future__ import annotations

from typing import Final

from donations.kernel.errors import NotFound
from donations.reports.deferred import DEFERRED
from donations.reports.exceptions import EXCEPTIONS
from donations.reports.exchange import EXCHANGE
from donations.reports.failed_payments import FAILED_PAYMENTS
from donations.reports.fees import FEES
from donations.reports.funds import FUNDS
from donations.reports.income_by_account import INCOME_BY_ACCOUNT
from donations.reports.journal import JOURNAL
from donations.reports.offline_batches import OFFLINE_BATCHES
from donations.reports.payout_lines import PAYOUT_LINES
from donations.reports.payout_summary import PAYOUT_SUMMARY
from donations.reports.recurring_bridge import RECURRING_BRIDGE
from donations.reports.refunds_and_disputes import REFUNDS_AND_DISPUTES
from donations.reports.roll_forward import ROLL_FORWARD
from donations.reports.table import Definition

REPORTS: Final[tuple[Definition, ...]] = tuple(
    sorted(
        (
            INCOME_BY_ACCOUNT,
            JOURNAL,
            DEFERRED,
            FUNDS,
            PAYOUT_SUMMARY,
            PAYOUT_LINES,
            ROLL_FORWARD,
            REFUNDS_AND_DISPUTES,
            FEES,
            EXCHANGE,
            OFFLINE_BATCHES,
            FAILED_PAYMENTS,
            RECURRING_BRIDGE,
            EXCEPTIONS,
        ),
        key=lambda definition: definition.number,
    )
)


def report_named(name: str) -> Definition:
    """The report called `name` in addresses and file names.  Raises `NotFound`."""
    for definition in REPORTS:
        if definition.name == name:
            return definition
    raise NotFound
