"""The way round the office: a few rooms, and in each the pages a visitor may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext

from donations.staff.roles import Permission, may

_OVERVIEW: Final = lazy_gettext("Overview")
_BOOKS: Final = lazy_gettext("Books")
_BANK: Final = lazy_gettext("Bank and payouts")
_READERS: Final = lazy_gettext("Readers")
_MAIL: Final = lazy_gettext("Mail")
_TERMS: Final = lazy_gettext("Terms")
_MACHINE: Final = lazy_gettext("Machine")

# Room, what is needed, the page, its name; the first page of a room is where its name leads.
_PAGES: Final = (
    (_OVERVIEW, Permission.DASHBOARD, "office.dashboard", lazy_gettext("Overview")),
    (_BOOKS, Permission.INCOME, "office.income_report", lazy_gettext("Income")),
    (_BOOKS, Permission.REPORTS, "office.report_list", lazy_gettext("Reports")),
    (_BOOKS, Permission.JOURNAL, "office.journal_export", lazy_gettext("Journal")),
    (_BOOKS, Permission.EXCEPTIONS, "office.exception_list", lazy_gettext("Exceptions")),
    (_BOOKS, Permission.CLOSING, "office.closing_list", lazy_gettext("Closing")),
    (_BOOKS, Permission.GIFT_AID, "office.gift_aid_list", lazy_gettext("Gift Aid")),
    (_BANK, Permission.PAYOUTS, "office.payout_list", lazy_gettext("Payouts")),
    (_BANK, Permission.BANK, "office.bank_list", lazy_gettext("Bank")),
    (_BANK, Permission.OFFLINE, "office.offline_list", lazy_gettext("Offline gifts")),
    (_READERS, Permission.GIFTS, "office.gift_list", lazy_gettext("Gifts")),
    (_READERS, Permission.GIFT, "office.gift_membership_list", lazy_gettext("Given memberships")),
    (_READERS, Permission.SUPPORTERS, "office.supporter_list", lazy_gettext("Supporters")),
    (_READERS, Permission.IDENTITY, "office.receipt_search", lazy_gettext("Receipts")),
    (_READERS, Permission.IDENTITY, "office.duplicate_list", lazy_gettext("Duplicates")),
    (_READERS, Permission.IDENTITY, "office.import_list", lazy_gettext("Taken in")),
    (_READERS, Permission.ENDINGS, "office.ending_report", lazy_gettext("Endings")),
    (_READERS, Permission.COMPS, "office.comp_list", lazy_gettext("Comps")),
    (_READERS, Permission.NEWSLETTERS, "office.newsletter_list", lazy_gettext("Newsletters")),
    (_READERS, Permission.REMINDERS, "office.reminder_report", lazy_gettext("Reminders")),
    (_MAIL, Permission.MAIL, "office.mail_list", lazy_gettext("Letters")),
    (_MAIL, Permission.SUPPRESSIONS, "office.suppression_page", lazy_gettext("Not written to")),
    (_TERMS, Permission.TIERS, "office.tier_list", lazy_gettext("Tiers")),
    (_TERMS, Permission.PROMOS, "office.promo_list", lazy_gettext("Promos")),
    (_TERMS, Permission.FUNDS, "office.fund_list", lazy_gettext("Funds")),
    (_TERMS, Permission.BENEFITS, "office.benefit_list", lazy_gettext("Benefits")),
    (_MACHINE, Permission.INBOX, "office.inbox_list", lazy_gettext("Inbox")),
    (_MACHINE, Permission.JOBS, "office.job_list", lazy_gettext("Jobs")),
    (_MACHINE, Permission.PARTNERS, "office.partner_list", lazy_gettext("Other programs")),
)

# A page that stands in no list belongs to one that does.
_SECTION_OF: Final = {
    "office.report_page": "office.report_list",
    "office.closing_month": "office.closing_list",
    "office.closing_close": "office.closing_list",
    "office.gift_page": "office.gift_list",
    "office.payout_page": "office.payout_list",
    "office.bank_line_page": "office.bank_list",
    "office.bank_match": "office.bank_list",
    "office.bank_dismiss": "office.bank_list",
    "office.bank_import": "office.bank_list",
    "office.offline_open": "office.offline_list",
    "office.offline_batch": "office.offline_list",
    "office.offline_add": "office.offline_list",
    "office.offline_item": "office.offline_list",
    "office.offline_expect": "office.offline_list",
    "office.offline_close": "office.offline_list",
    "office.offline_take_back": "office.offline_list",
    "office.fund_open": "office.fund_list",
    "office.fund_page": "office.fund_list",
    "office.fund_rename": "office.fund_list",
    "office.fund_release": "office.fund_list",
    "office.fund_release_back": "office.fund_list",
    "office.benefit_decide": "office.benefit_list",
    "office.tier_add": "office.tier_list",
    "office.tier_page": "office.tier_list",
    "office.tier_edit": "office.tier_list",
    "office.tier_move": "office.tier_list",
    "office.tier_decide": "office.tier_list",
    "office.promo_add": "office.promo_list",
    "office.promo_move": "office.promo_list",
    "office.comp_grant": "office.comp_list",
    "office.duplicate_open": "office.duplicate_list",
    "office.duplicate_pair": "office.duplicate_list",
    "office.duplicate_merge": "office.duplicate_list",
    "office.duplicate_apart": "office.duplicate_list",
    "office.import_batch": "office.import_list",
    "office.import_decide": "office.import_list",
    "office.gift_membership_write": "office.gift_membership_list",
    "office.receipt_page": "office.receipt_search",
    "office.receipt_download": "office.receipt_search",
    "office.gift_aid_claim": "office.gift_aid_list",
    "office.supporter_page": "office.supporter_list",
    "office.mail_sample": "office.mail_list",
    "office.suppression_find": "office.suppression_page",
    "office.suppression_lift": "office.suppression_page",
    "office.newsletter_export": "office.newsletter_list",
    "office.partner_site_add": "office.partner_list",
    "office.partner_site_remove": "office.partner_list",
    "office.partner_key_make": "office.partner_list",
    "office.partner_key_revoke": "office.partner_list",
    "office.partner_endpoint_add": "office.partner_list",
    "office.partner_endpoint_page": "office.partner_list",
    "office.partner_endpoint_switch": "office.partner_list",
    "office.partner_endpoint_replay": "office.partner_list",
}


@dataclass(frozen=True, slots=True)
class Door:
    """A link of the navigation; `here` on the page itself, `within` on the pages behind it."""

    endpoint: str
    label: str
    here: bool
    within: bool


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms a visitor may enter, and the pages of the one they are in."""

    doors: tuple[Door, ...]
    pages: tuple[Door, ...]


def rooms(role: str | None, endpoint: str, without: frozenset[str] = frozenset()) -> Rooms:
    """The navigation of someone with `role` who looks at the page `endpoint`.

    `without` are pages this newsroom has no use for.
    """
    section = _SECTION_OF.get(endpoint, endpoint)
    mine = [page for page in _PAGES if role is not None and may(role, page[1])]
    seen = [page for page in mine if page[2] not in without]
    room = next((page[0] for page in seen if page[2] == section), None)
    firsts = {page[0]: page for page in reversed(seen)}
    doors = tuple(
        Door(firsts[name][2], name, here=firsts[name][2] == endpoint, within=name is room)
        for name in dict.fromkeys(page[0] for page in seen)
    )
    pages = tuple(
        Door(page[2], page[3], here=page[2] == endpoint, within=page[2] == section)
        for page in seen
        if page[0] is room
    )
    return Rooms(doors, pages if len(pages) > 1 else ())
