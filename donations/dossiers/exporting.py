"""Everything held about one person, as plain values that become JSON (GDPR, articles 15 and 20).

Times are ISO 8601 in UTC, amounts are in minor units with their currency.  Stripe's own ids are
told too: by them Stripe can be asked for what it holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.dossiers.elsewhere import told_elsewhere
from donations.dossiers.memberships import membership_told
from donations.dossiers.models import Erasure, MailboxChange
from donations.dossiers.plain import amount_of, plain
from donations.entitlements.dossier import told_of_gifts
from donations.entitlements.personal import told_of_entitlements
from donations.giving.models import Gift, Membership
from donations.mailer.suppressing import suppressions
from donations.newsletters.models import Subscription
from donations.receipts.held import held
from donations.recoveries.models import Recovery
from donations.reminders.models import Reminder
from donations.supporters.account_models import AccountSession, Passkey
from donations.supporters.aliases import mailboxes
from donations.supporters.directory import CUSTOMER, identity
from donations.supporters.models import StripeCustomer
from donations.vault.sealed import open_data_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy.orm import Session

    from donations.supporters.models import Supporter
    from donations.vault.keys import MasterKey

_GIFT: Final = ("public_id", "frequency", "method", "fund", "received_at")
_REMINDER: Final = (
    *("due_on", "every_months", "second", "placement", "stage", "language", "state"),
    *("sent", "created_at", "last_sent_at", "opened_at", "gave_at", "cancelled_at"),
)
_NEWSLETTER: Final = (
    *("newsletter", "language", "consent", "placement", "state"),
    *("asked_at", "confirmed_at", "unsubscribed_at"),
)
_RECOVERY: Final = ("language", "state", "sent", "created_at", "last_sent_at", "ended_at")
TOLD: Final = frozenset(
    {
        *("supporter", "stripe_customer", "gift", "membership", "newsletter_subscription"),
        *("reminder", "recovery", "suppression", "mailbox_change", "erasure"),
        *("account_session", "passkey", "gift_aid_declaration", "receipt_name"),
        *("supporter_alias", "past_gift", "merge"),
        *("entitlement", "comp", "gift_membership", "group_seat"),
    }
)
"""The tables that know a supporter or a mailbox, and are told of."""
LEFT_OUT: Final[Mapping[str, str]] = {
    "sign_in_ask": "anybody may have typed the address; gone after a day",
    "account_link": "a way in, not a fact about somebody; gone after a day",
    "passkey_challenge": "a question asked of a browser; gone after a day",
    "import_row": "a line of a file; what it brought is told as a gift of another program",
    "likeness": "blind indexes nobody can read, made of the name and mailbox that are told",
    "told_apart": "that somebody is not somebody else tells of the other one",
    "withdrawal_try": "anybody may have typed the address; gone with the next day's first",
}
"""Those that are not, each with the reason."""
_RETURN: Final = ("state", "created_at")


def everything(session: Session, master: MasterKey, supporter: Supporter) -> dict[str, Any]:
    """All we hold about a supporter.  Raises `vault.sealed.Forgotten`."""
    known = identity(session, master, supporter)
    indexes = mailboxes(session, supporter)
    return {
        "supporter": {
            "number": supporter.public_id,
            "email": known.email,
            "name": known.name,
            **plain(supporter, ("language", "created_at", "anonymous", "wishes")),
        },
        "stripe_customers": _customers(session, master, supporter),
        "gifts": [_gift(gift) for gift in _of(session, Gift, supporter)],
        "memberships": [
            membership_told(session, one) for one in _of(session, Membership, supporter)
        ],
        "newsletters": _found(session, Subscription, indexes, _NEWSLETTER),
        "reminders": _found(session, Reminder, indexes, _REMINDER),
        "unfinished_gifts": _found(session, Recovery, indexes, _RECOVERY),
        "not_written_to": _silences(session, indexes),
        "changes_of_mailbox": [
            plain(one, ("state", "asked_at", "ended_at"))
            for one in _of(session, MailboxChange, supporter)
        ],
        "receipts": held(session, master, supporter),
        "signed_in_browsers": [
            plain(one, ("created_at", "seen_at", "ended_at"))
            for one in _of(session, AccountSession, supporter)
        ],
        "passkeys": [
            plain(one, ("added_at", "used_at", "synced"))
            for one in _of(session, Passkey, supporter)
        ],
        "erasure": [plain(one, ("by", "asked_at")) for one in _of(session, Erasure, supporter)],
        **told_elsewhere(session, master, supporter),
        **told_of_entitlements(session, supporter.id, indexes),
        **told_of_gifts(session, master, supporter.id, indexes),
    }


def _customers(session: Session, master: MasterKey, supporter: Supporter) -> list[str]:
    envelope = open_data_key(session, master, supporter.data_key_id)
    return [
        envelope.open(CUSTOMER, one.customer_sealed)
        for one in _of(session, StripeCustomer, supporter)
    ]


def _gift(gift: Gift) -> dict[str, Any]:
    return {
        **amount_of(gift),
        **plain(gift, _GIFT),
        "receipt_number": gift.receipt.number if gift.receipt else None,
        "refunds": [{**amount_of(one), **plain(one, _RETURN)} for one in gift.refunds],
        "disputes": [{**amount_of(one), **plain(one, _RETURN)} for one in gift.disputes],
    }


def _found(
    session: Session,
    model: Any,  # noqa: ANN401 - a table with a mailbox
    indexes: Collection[bytes],
    names: Iterable[str],
) -> list[dict[str, Any]]:
    """The rows of some mailboxes; none for a supporter without one."""
    rows = select(model).where(model.email_index.in_(indexes)).order_by(model.id)
    return [plain(row, names) for row in session.scalars(rows)]


def _silences(session: Session, indexes: Collection[bytes]) -> list[dict[str, Any]]:
    rows = [row for index in indexes for row in suppressions(session, index)]
    return [plain(row, ("scope", "reason", "source", "at")) for row in rows]


def _of(session: Session, model: Any, supporter: Supporter) -> Any:  # noqa: ANN401 - its rows
    """The supporter's rows of a table, oldest first."""
    return session.scalars(
        select(model).where(model.supporter_id == supporter.id).order_by(model.id)
    ).all()
