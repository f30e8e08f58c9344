"""What we read of Stripe's objects: frozen values in our words, amounts in minor units, times UTC.

Nothing else of an object is kept, so nothing else can break us or betray a reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from donations.kernel.cadence import Frequency
    from donations.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Movement:
    """A balance transaction: what moved in the account, in its settlement currency.

    `kind` is Stripe's type and `category` its reporting category.  `net = amount - fee` always, and
    `fee_tax` is the part of the fee that is tax; refunds and disputes have negative amounts.
    `source` is the id of the charge, refund, dispute or payout that moved it, if any did.
    """

    id: str
    kind: str
    amount: int
    fee: int
    net: int
    currency: str
    exchange_rate: str | None
    created: datetime
    available_on: datetime
    source: str | None = None
    category: str = ""
    fee_tax: int = 0


@dataclass(frozen=True, slots=True)
class PayoutState:
    """A payout; `returned` is what brought the money back after a failure or a cancellation."""

    id: str
    status: str
    amount: Money
    automatic: bool
    lines_known: bool
    created: datetime
    arrives_on: date
    trace_id: str | None
    failure_code: str | None
    movement: Movement | None
    returned: Movement | None


@dataclass(frozen=True, slots=True)
class Person:
    """Who paid, as far as Stripe was told."""

    email: str | None
    name: str | None
    customer: str | None


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """A visit to the hosted page.  `donation` is our public id, or None when it is not ours.

    `recovery_url` is where an expired one can be finished, if that was asked for.
    """

    id: str
    url: str | None
    status: str
    payment_status: str
    donation: str | None
    person: Person
    payment: str | None
    subscription: str | None
    invoice: str | None
    expires_at: datetime
    recovery_url: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment intent with its latest charge.

    `movement` is None until Stripe has booked it, which may be after it says it succeeded.
    """

    id: str
    succeeded: bool
    status: str
    amount: Money
    donation: str | None
    person: Person
    method: str
    card_country: str | None
    charged_at: datetime
    movement: Movement | None
    failure_code: str | None


@dataclass(frozen=True, slots=True)
class Invoice:
    """One period's bill of a subscription."""

    id: str
    status: str
    amount_paid: int
    subscription: str | None
    donation: str | None
    person: Person
    payments: tuple[str, ...]
    attempt_count: int
    next_attempt: datetime | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """The state of a promise to give again.

    `resumes_at` is when a pause of collection ends, `ends_at` when it is to end by plan; `method`
    is the payment method renewals are taken from, if it is the subscription's own.
    """

    id: str
    status: str
    donation: str | None
    customer: str
    amount: Money
    frequency: Frequency
    started_at: datetime
    renews_at: datetime | None
    ends_with_period: bool
    collection_paused: bool
    ended_at: datetime | None
    end_reason: str | None
    resumes_at: datetime | None = None
    ends_at: datetime | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class RefundState:
    """A refund, and what it moved: out, and back in if it failed."""

    id: str
    status: str
    amount: Money
    payment: str | None
    created: datetime
    movements: tuple[Movement, ...]


@dataclass(frozen=True, slots=True)
class DisputeState:
    """A dispute, and what it moved: nothing for an inquiry, out when opened, back when won."""

    id: str
    status: str
    reason: str
    amount: Money
    payment: str | None
    answer_by: datetime | None
    created: datetime
    movements: tuple[Movement, ...]
