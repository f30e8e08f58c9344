"""Who may do what: one table, and nothing outside it is allowed."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Role(StrEnum):
    """What a member of staff is here for; each has exactly one."""

    FINANCE = "finance"
    ACCOUNTANT = "accountant"  # reads the books and changes nothing
    SUPPORT = "support"
    EDITOR = "editor"
    ADMIN = "admin"


class Permission(StrEnum):
    """One thing that may be done in the office."""

    DASHBOARD = "dashboard"
    SIGN_OUT = "sign_out"
    INCOME = "income"
    INCOME_EXPORT = "income_export"
    GIFTS = "gifts"
    GIFT = "gift"
    GIFTS_EXPORT = "gifts_export"
    SUPPORTERS = "supporters"
    SUPPORTER = "supporter"
    SUPPORTERS_EXPORT = "supporters_export"
    IDENTITY = "identity"
    INBOX = "inbox"
    REPLAY = "replay"
    REPORTS = "reports"
    REPORTS_EXPORT = "reports_export"
    EXCEPTIONS = "exceptions"
    EXPLAIN = "explain"
    OFFLINE = "offline"
    OFFLINE_ENTER = "offline_enter"
    FUNDS = "funds"
    FUNDS_CHANGE = "funds_change"
    BENEFITS = "benefits"
    BENEFITS_CHANGE = "benefits_change"
    PAYOUTS = "payouts"
    BANK = "bank"
    BANK_TEXT = "bank_text"
    BANK_IMPORT = "bank_import"
    BANK_MATCH = "bank_match"
    JOURNAL = "journal"
    JOURNAL_EXPORT = "journal_export"
    CLOSING = "closing"
    CLOSE = "close"
    PACK = "pack"
    NEWSLETTERS = "newsletters"
    NEWSLETTERS_RETRY = "newsletters_retry"
    NEWSLETTERS_EXPORT = "newsletters_export"
    JOBS = "jobs"
    MAIL = "mail"
    SUPPRESSIONS = "suppressions"
    SUPPRESSIONS_LIFT = "suppressions_lift"
    REMINDERS = "reminders"
    GIFT_AID = "gift_aid"
    ENDINGS = "endings"
    PARTNERS = "partners"
    TIERS = "tiers"
    TIERS_CHANGE = "tiers_change"
    PROMOS = "promos"
    PROMOS_CHANGE = "promos_change"
    COMPS = "comps"


_EVERYONE: Final = frozenset(Role)
_BOOKS: Final = frozenset({Role.FINANCE, Role.ACCOUNTANT, Role.ADMIN})
_KEEPERS: Final = frozenset({Role.FINANCE, Role.ADMIN})
_PEOPLE: Final = frozenset({Role.SUPPORT, Role.ADMIN})
_MACHINE: Final = frozenset({Role.ADMIN})
_EDITORIAL: Final = frozenset({Role.EDITOR, Role.ADMIN})

# `IDENTITY` opens the name and address of one supporter at a time; nobody, whatever the role, gets
# a list of them.  Finance follows a gift to its supporter's number and no further.  The one list
# of people there is, a newsletter's readers, is `NEWSLETTERS_EXPORT`: it must be able to move.
PERMISSIONS: Final[Mapping[Permission, frozenset[Role]]] = MappingProxyType(
    {
        Permission.DASHBOARD: _EVERYONE,
        Permission.SIGN_OUT: _EVERYONE,
        Permission.INCOME: _BOOKS,
        Permission.INCOME_EXPORT: _BOOKS,
        Permission.GIFTS: _BOOKS,
        Permission.GIFT: _BOOKS | _PEOPLE,
        Permission.GIFTS_EXPORT: _BOOKS,
        Permission.SUPPORTERS: _BOOKS | _PEOPLE,
        Permission.SUPPORTER: _BOOKS | _PEOPLE,
        Permission.SUPPORTERS_EXPORT: _BOOKS,
        Permission.IDENTITY: _PEOPLE,
        Permission.INBOX: _MACHINE,
        Permission.REPLAY: _MACHINE,
        Permission.REPORTS: _BOOKS,
        Permission.REPORTS_EXPORT: _BOOKS,
        Permission.EXCEPTIONS: _BOOKS,
        Permission.EXPLAIN: _KEEPERS,
        Permission.OFFLINE: _BOOKS,
        Permission.OFFLINE_ENTER: _KEEPERS,
        Permission.FUNDS: _BOOKS,
        Permission.FUNDS_CHANGE: _KEEPERS,
        Permission.BENEFITS: _BOOKS,
        Permission.BENEFITS_CHANGE: _KEEPERS,
        Permission.PAYOUTS: _BOOKS,
        Permission.BANK: _BOOKS,
        Permission.BANK_TEXT: _KEEPERS,
        Permission.BANK_IMPORT: _KEEPERS,
        Permission.BANK_MATCH: _KEEPERS,
        Permission.JOURNAL: _BOOKS,
        Permission.JOURNAL_EXPORT: _BOOKS,
        Permission.CLOSING: _BOOKS,
        Permission.CLOSE: _KEEPERS,
        Permission.PACK: _BOOKS,
        Permission.NEWSLETTERS: _EDITORIAL,
        Permission.NEWSLETTERS_RETRY: _EDITORIAL,
        Permission.NEWSLETTERS_EXPORT: _MACHINE,
        Permission.JOBS: _MACHINE,
        Permission.MAIL: _EDITORIAL,
        Permission.SUPPRESSIONS: _PEOPLE,
        Permission.SUPPRESSIONS_LIFT: _PEOPLE,
        Permission.REMINDERS: _EDITORIAL,
        Permission.GIFT_AID: _KEEPERS,
        Permission.ENDINGS: _EDITORIAL | _BOOKS,
        Permission.PARTNERS: _MACHINE,
        Permission.TIERS: _EDITORIAL | _BOOKS,
        Permission.TIERS_CHANGE: _EDITORIAL,
        Permission.PROMOS: _EDITORIAL | _BOOKS,
        Permission.PROMOS_CHANGE: _EDITORIAL,
        Permission.COMPS: _PEOPLE,
    }
)


def may(role: str, permission: Permission) -> bool:
    """Whether `role` (a `Role`, or any word a database might hold) has `permission`."""
    return role in PERMISSIONS.get(permission, frozenset())
