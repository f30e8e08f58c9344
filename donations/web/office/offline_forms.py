"""The forms of offline gifts: what a batch should come to, one gift of it, and taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import StringField

from donations.giving.offline import METHODS, MOST_ITEMS, Expected
from donations.giving.offline_items import Given
from donations.kernel.errors import FieldRefused
from donations.kernel.money import Money
from donations.mailer.addresses import checked_address
from donations.web.house import house
from donations.web.office.entry_form import EntryForm, one_of, or_none, read_day, read_money

if TYPE_CHECKING:
    from donations.giving.offline_models import OfflineItem
    from donations.reports.offline import BatchRow
    from donations.supporters.directory import Identity


class BatchForm(EntryForm):
    """What is expected, by the deposit slip."""

    anchor = "batch"
    method = StringField()
    currency = StringField()
    count = StringField()
    total = StringField()
    deposit_slip = StringField()
    banked_on = StringField()

    def expected(self, currency: str | None = None) -> Expected | None:
        """What was entered, in the `currency` of an open batch; None once something is refused."""
        if currency is None:
            currency = self.read("currency", one_of(house().newsroom.currencies))
        method = self.read("method", one_of(METHODS))
        count = self.read("count", _count)
        total = self.read("total", read_money(currency)) if currency else None
        banked_on = self.read("banked_on", read_day)
        if method is None or count is None or total is None or banked_on is None:
            return None
        return Expected(method, count, total, or_none(_typed(self.deposit_slip)), banked_on)

    @classmethod
    def of(cls, batch: BatchRow) -> BatchForm:
        """The form filled with what a batch expects."""
        return cls(
            formdata=None,
            data={
                "method": batch.method,
                "currency": batch.currency,
                "count": str(batch.expected_count),
                "total": str(batch.expected.decimal),
                "deposit_slip": batch.deposit_slip or "",
                "banked_on": batch.banked_on.isoformat(),
            },
        )


class ItemForm(EntryForm):
    """One gift of a batch."""

    anchor = "item"
    amount = StringField()
    fund = StringField()
    reference = StringField()
    language = StringField()
    email = StringField()
    name = StringField()

    def given(self, currency: str) -> Given | None:
        """What was entered; None once something is refused."""
        amount = self.read("amount", read_money(currency))
        language = self.read("language", one_of(house().newsroom.languages))
        email = self.read("email", checked_address) if _typed(self.email) else None
        if amount is None or language is None or self.refused:
            return None
        return Given(
            amount=amount,
            fund=_typed(self.fund),
            reference=or_none(_typed(self.reference)),
            language=language,
            email=email,
            name=or_none(" ".join(_typed(self.name).split())),
        )

    @classmethod
    def of(cls, item: OfflineItem, currency: str, who: Identity) -> ItemForm:
        """The form filled with an item as it was entered."""
        return cls(
            formdata=None,
            data={
                "amount": str(Money(item.amount_minor, currency).decimal),
                "fund": item.fund,
                "reference": item.reference or "",
                "language": item.language,
                "email": who.email or "",
                "name": who.name or "",
            },
        )


class TakeBackForm(EntryForm):
    """Which gift of a closed batch was a mistake, and why."""

    anchor = "back"
    gift = StringField()
    memo = StringField()


def _typed(field: StringField) -> str:
    return (field.data or "").strip()


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:6]) <= MOST_ITEMS:
        raise FieldRefused("", "count", most=MOST_ITEMS)
    return int(text)
