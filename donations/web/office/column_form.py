"""Which column of a spreadsheet is what, as somebody chose it in a form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from donations.kernel.currencies import CURRENCIES
from donations.reconciliation.bank_files.figures import COMMA, DAY_FIRST, MONTH_FIRST, POINT
from donations.reconciliation.bank_files.sheets import Columns

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from donations.reconciliation.bank_files.sheets import Sheet

ROLES: Final = ("date", "amount", "credit", "debit", "mark", "currency_column", "account_column")
_MOST_COLUMNS: Final = 200
_LONGEST: Final = 40


@dataclass(frozen=True, slots=True)
class ColumnForm:
    """What was chosen, and `columns` of it to read by."""

    columns: Columns

    @classmethod
    def of(cls, sent: MultiDict[str, str]) -> Self:
        """Read what was sent; a value no form of ours would send counts as none."""
        currency = sent.get("currency", "").lower()
        decimal_sign, day_order = sent.get("decimal_sign", ""), sent.get("day_order", "")
        texts = {at for value in sent.getlist("texts") if (at := _at(value)) is not None}
        return cls(
            Columns(
                **{role: _at(sent.get(role, "")) for role in ROLES},
                texts=tuple(sorted(texts)),
                currency=currency if currency in CURRENCIES else "",
                account=sent.get("account", "").strip()[:_LONGEST],
                decimal_sign=decimal_sign if decimal_sign in {COMMA, POINT} else "",
                day_order=day_order if day_order in {DAY_FIRST, MONTH_FIRST} else "",
            )
        )

    def beside(self, sheet: Sheet) -> ColumnForm:
        """The form to show beside a sheet: what was chosen, else what its headings tell."""
        chosen = self.columns
        if chosen.complete:
            return self
        guess = sheet.guess(chosen.currency, chosen.account)
        told = {role: getattr(chosen, role) for role in ROLES}
        return ColumnForm(
            replace(
                guess,
                **{role: at for role, at in told.items() if at is not None},
                texts=chosen.texts or guess.texts,
                decimal_sign=chosen.decimal_sign,
                day_order=chosen.day_order,
            )
        )


def _at(value: str) -> int | None:
    return int(value) if value.isdecimal() and int(value) < _MOST_COLUMNS else None
