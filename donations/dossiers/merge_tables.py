"""What becomes of every table that knows a supporter when two of them are found to be one.

A test walks all tables and fails for one that stands in none of these lists: who adds a table of
people decides here what a merge does with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Moves:
    """A table whose rows go over to the supporter who is kept.

    `owners` are the columns that name the supporter.  `sealed` names, for every column sealed under
    the supporter's key, what it is sealed as; those are sealed anew under the key that stays.
    """

    owners: tuple[str, ...] = ("supporter_id",)
    sealed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Follows:
    """A table that knows no supporter, but has columns sealed under the key of `through`'s."""

    through: str
    table: str
    sealed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A table that names by `data_key_id` the key its `sealed` columns are under."""

    sealed: Mapping[str, str]


MOVED: Final[Mapping[str, Moves]] = {
    "membership": Moves(sealed={"subscription_sealed": "membership.subscription"}),
    "gift": Moves(sealed={"payment_sealed": "gift.payment"}),
    "stripe_customer": Moves(sealed={"customer_sealed": "stripe_customer.customer"}),
    "passkey": Moves(
        sealed={"credential_sealed": "passkey.credential", "key_sealed": "passkey.key"}
    ),
    "account_link": Moves(),
    "account_session": Moves(),
    "passkey_challenge": Moves(),
    "gift_aid_declaration": Moves(),
    "supporter_alias": Moves(
        sealed={"email_sealed": "supporter_alias.email", "name_sealed": "supporter_alias.name"}
    ),
    "merge": Moves(owners=("kept_id",)),
    "entitlement": Moves(),
    "comp": Moves(),
    "gift_membership": Moves(owners=("redeemed_by_id",)),
    "group_seat": Moves(),
    "past_gift": Moves(),
    "import_row": Moves(
        owners=("supporter_id", "likely_id"), sealed={"original_sealed": "import_row.original"}
    ),
}
FOLLOWING: Final[Mapping[str, Follows]] = {
    "refund": Follows("gift_id", "gift", {"refund_sealed": "refund.refund"}),
    "dispute": Follows("gift_id", "gift", {"dispute_sealed": "dispute.dispute"}),
}
KEYED: Final[Mapping[str, Keyed]] = {
    "receipt_document": Keyed({"paper_sealed": "receipt_document.paper"}),
    "gift_aid_declaration": Keyed({"person_sealed": "gift_aid_declaration.person"}),
}
OWN_KEYS: Final = frozenset({"comp"})
"""Tables that name a key of their own, which no supporter has."""

SETTLED: Final[Mapping[str, str]] = {
    "mailbox_change": "a wish of the other that waits ends: one of the two mailboxes is gone",
    "receipt_name": "what the kept supporter wished counts, else what the other did",
    "likeness": "made anew when somebody is compared again",
    "told_apart": "who was told apart from one is told apart from both",
    "erasure": "nobody who asked to be forgotten is joined with anybody",
}
"""Tables for which `merging` has a rule of its own."""

BY_MAILBOX: Final[Mapping[str, str]] = {
    "newsletter_subscription": "consent was given for that mailbox, from that mailbox",
    "reminder": "it was asked for that mailbox, and is found through it",
    "recovery": "it was asked for that mailbox, and ends by itself",
    "suppression": "that mailbox is not to be written to, whosoever it is",
    "sign_in_ask": "it is counted for that mailbox, and gone after a day",
    "withdrawal_try": "it is counted for that mailbox and day",
}
"""Tables that know a mailbox and no supporter.  They stay as they are: the mailbox is one of the
kept supporter's from then on, and what asks about a supporter asks about all their mailboxes."""

OTHERWISE_SEALED: Final = frozenset(
    (
        *("adoption_run", "checkout", "stripe_event", "staff_member", "bank_line"),  # operational
        *("offline_item", "audience_member", "partner_endpoint", "pass_key"),  # operational
        *("gift_membership", "group_seat"),  # operational
        *("newsletter_subscription", "reminder", "recovery", "comp"),  # under keys of their own
        *("supporter", "mailbox_change"),  # by the rules of `merging`
    )
)
"""Tables with sealed columns that are under no supporter's key."""
