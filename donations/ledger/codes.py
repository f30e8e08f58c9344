"""The codes an accountant knows our accounts by; every one may be replaced by the newsroom's own.

A newsroom names codes by account, and where its chart is finer by currency (`stripe_balance.usd`),
by kind of income (`income.membership`) or by fund (`income.gift.investigations`).  The finest name
that is given wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

from donations.kernel.errors import MisconfiguredError
from donations.ledger.chart import ASSETS, Account

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,29}")
_NAMES: Final = {
    Account.BANK: ("1010", "Bank"),
    Account.UNDEPOSITED: ("1020", "Undeposited cheques, cash and transfers"),
    Account.STRIPE_BALANCE: ("1200", "Stripe balance"),
    Account.IN_TRANSIT: ("1210", "Payouts in transit"),
    Account.DEFERRED: ("2400", "Deferred membership revenue"),
    Account.INCOME: ("4000", "Gifts"),
    Account.RELEASED: ("4800", "Restricted funds released"),
    Account.REFUNDS: ("4900", "Refunds"),
    Account.DISPUTES: ("4910", "Dispute losses"),
    Account.ADJUSTMENTS: ("4990", "Stripe adjustments"),
    Account.FEES: ("6100", "Payment processing fees"),
    Account.FEE_TAX: ("6110", "Tax on payment fees"),
    Account.DISPUTE_FEES: ("6120", "Dispute fees"),
    Account.SERVICE_FEES: ("6130", "Stripe service fees"),
    Account.EXCHANGE: ("7100", "Exchange gain and loss"),
    Account.SUSPENSE: ("9990", "Suspense"),
}
_MEMBERSHIPS: Final = ("4010", "Memberships")
_BY_KIND: Final = frozenset({Account.INCOME, Account.REFUNDS, Account.DISPUTES})


@dataclass(frozen=True, slots=True)
class Code:
    """An account as the newsroom's own books know it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Codes:
    """The newsroom's codes; `own` maps names such as `income.membership` to codes."""

    own: Mapping[str, str]

    @classmethod
    def build(cls, own: Mapping[str, str]) -> Self:
        """Check the newsroom's own codes.  Raises `MisconfiguredError` naming what is wrong."""
        known = {account.value for account in Account}
        for name, code in own.items():
            if name.split(".")[0] not in known:
                message = f"NEWSROOM_ACCOUNT_CODES: no account is called {name!r}"
                raise MisconfiguredError(message)
            if not isinstance(code, str) or not _CODE.fullmatch(code):
                message = f"NEWSROOM_ACCOUNT_CODES: {name}: a code is 1 to 30 letters and digits"
                raise MisconfiguredError(message)
        return cls(MappingProxyType(dict(own)))

    def of(self, account: str, currency: str, kind: str | None = None, fund: str = "") -> Code:
        """The code of `account`; `kind` is `gift` or `membership`, `fund` a fund's code or ''."""
        found = Account(account)
        code, name = _NAMES[found]
        if found is Account.INCOME and kind == "membership":
            code, name = _MEMBERSHIPS
        for finer in _names(found, currency, kind, fund):
            if finer in self.own:
                code = self.own[finer]
                break
        label = f"{name}, {fund}" if fund else name
        return Code(code, f"{label} {currency.upper()}" if found in ASSETS else label)


def income_kind(frequency: str | None) -> str | None:
    """`gift` for what is given once, `membership` for a promise kept, None for neither."""
    if frequency is None:
        return None
    return "gift" if frequency == "once" else "membership"


def _names(account: Account, currency: str, kind: str | None, fund: str) -> list[str]:
    """The names an account may have a code under, the finest first."""
    base = account.value
    kinds = [kind] if kind and account in _BY_KIND else []
    finest = [f"{base}.{each}.{fund}" for each in kinds if fund]
    middle = [f"{base}.{fund}"] if fund else []
    return [*finest, *middle, *(f"{base}.{each}" for each in kinds), f"{base}.{currency}", base]
