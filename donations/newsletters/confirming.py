"""Asks a mailbox's owner to confirm, once for everything that was ticked, and takes the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babel.lists import format_list

from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.mailer.message import Message, Stream
from donations.newsletters.changes import note_change
from donations.newsletters.following_up import promise_links
from donations.newsletters.subscribing import EMAIL_COLUMN, find_subscriptions, letter_key
from donations.vault.sealed import Forgotten, open_data_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.mailer.postbox import Postbox
    from donations.newsletters.links import Links
    from donations.newsletters.models import Subscription
    from donations.vault.keys import MasterKey


def confirm(session: Session, public_ids: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Make pending subscriptions count and commit; the newsletters that count now, by slug.

    Confirming twice is confirming once.  What was left since must be asked for again: `NotFound` is
    raised when nothing else was named.
    """
    begin_write(session)
    found = find_subscriptions(session, public_ids, to_change=True)
    new = [subscription for subscription in found if subscription.state == "pending"]
    for subscription in new:
        subscription.state = "confirmed"
        subscription.confirmed_at = now
        note_change(session, subscription, now)
    held = tuple(each.newsletter for each in found if each.state == "confirmed")
    if not held:
        session.rollback()
        raise NotFound
    if new:
        promise_links(session, new[0], now, new=tuple(each.newsletter for each in new))
    session.commit()
    return held


@dataclass(frozen=True, slots=True)
class ConfirmationSender:
    """The handler of the job `newsletter_confirm`.

    `names_of` gives the newsletters' names in a language; it is asked before anything is sent.
    """

    master: MasterKey
    postbox: Postbox
    links: Links
    names_of: Callable[[Session, str, Sequence[str]], list[str]]

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG002 - a handler's signature
        """Send the letter while something of what it asks about is pending."""
        public_ids = arguments.get("subscriptions") or [arguments["subscription"]]
        try:
            found = find_subscriptions(session, public_ids)
            pending = [subscription for subscription in found if subscription.state == "pending"]
            if not pending:
                return
            message = self._message(session, pending)
        except (NotFound, Forgotten):
            return  # the reader was forgotten meanwhile, so nothing is owed
        key = letter_key(str(public_ids[0]), str(arguments["asked_at"]))
        self.postbox.post(session, key, message)

    def _message(self, session: Session, pending: Sequence[Subscription]) -> Message:
        first = pending[0]
        envelope = open_data_key(session, self.master, first.data_key_id)
        public_ids = [subscription.public_id for subscription in pending]
        slugs = [subscription.newsletter for subscription in pending]
        names = self.names_of(session, first.language, slugs)
        context = {
            "newsletter": format_list(names, locale=first.language),
            "confirm_url": self.links.confirm(first.language, public_ids),
            "contact": self.links.newsroom.contact,
        }
        return Message(
            "newsletter_confirm",
            envelope.open(EMAIL_COLUMN, first.email_sealed),
            first.language,
            context,
            unsubscribe_url=self.links.leave(first.language, public_ids),
            stream=Stream.WISHED,  # anybody can have it sent, so it goes where wishes may go
        )
