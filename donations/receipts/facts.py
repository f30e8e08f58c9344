"""What a receipt tells, as one frozen value: nothing on the paper comes from anywhere else."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from donations.kernel.money import Money
from donations.receipts.issuer import ReceiptIssuer


class State(StrEnum):
    """Whether a receipt still stands: whole, for a part, or not at all."""

    ISSUED = "issued"
    REDUCED = "reduced"
    VOID = "void"


class Return(BaseModel):
    """Money of the gift that went back: refunded by us, or taken back by the giver's bank."""

    model_config = ConfigDict(frozen=True)

    reason: Literal["refund", "dispute"]
    on: date
    amount_minor: int


class ReceiptFacts(BaseModel):
    """The facts of one receipt; days are by the newsroom's clocks, amounts in minor units.

    `donor` is None when the name is unknown or not wished for.  `benefit_minor` is what the
    benefits of this payment are worth, `gift_aid_on` the day of the declaration that covers it.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    issuer: ReceiptIssuer
    language: str
    donor: str | None
    amount_minor: int
    currency: str
    received_on: date
    issued_on: date
    frequency: str
    method: str
    fund: str | None
    benefit_minor: int = 0
    gift_aid_on: date | None = None
    returns: tuple[Return, ...] = ()

    @property
    def amount(self) -> Money:
        """What was paid."""
        return Money(self.amount_minor, self.currency)

    @property
    def back(self) -> Money:
        """What went back, never more than was paid."""
        total = sum(one.amount_minor for one in self.returns)
        return Money(min(total, self.amount_minor), self.currency)

    @property
    def kept(self) -> Money:
        """What stayed with the newsroom."""
        return self.amount - self.back

    @property
    def benefit(self) -> Money:
        """What the benefits are worth."""
        return Money(self.benefit_minor, self.currency)

    @property
    def given(self) -> Money:
        """What was kept beyond the worth of the benefits: the gift in the eyes of tax law."""
        return Money(max(0, self.kept.minor - self.benefit_minor), self.currency)

    @property
    def state(self) -> State:
        """Whether the receipt stands."""
        if not self.back:
            return State.ISSUED
        return State.REDUCED if self.kept else State.VOID
