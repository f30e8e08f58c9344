"""Sends the letter with the link to the choices: after a confirmation, and when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from babel.lists import format_list
from sqlalchemy import select

from donations.jobs.models import Job
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.mailer.message import Message
from donations.newsletters.subscribing import (
    BETWEEN_LETTERS,
    EMAIL_COLUMN,
    MOST_LETTERS,
    all_of_reader,
    find_subscription,
)
from donations.vault.keys import normalised_email
from donations.vault.sealed import Forgotten, open_data_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from donations.mailer.postbox import Postbox
    from donations.newsletters.links import Links
    from donations.newsletters.models import Subscription
    from donations.vault.keys import MasterKey

LINK_JOB: Final = "newsletter_preferences"
_ASKED: Final = f"{LINK_JOB}:asked"
_LONG_AGO: Final = timedelta(days=30)


def promise_links(
    session: Session, subscription: Subscription, now: datetime, *, new: Sequence[str]
) -> None:
    """Promise the letter that follows a confirmation of `new`; the caller commits."""
    key = f"{LINK_JOB}:{subscription.public_id}:{now.isoformat()}"
    arguments = {"subscription": subscription.public_id, "letter": key, "new": list(new)}
    enqueue(session, LINK_JOB, key, arguments, now=now)


def ask_for_link(session: Session, master: MasterKey, email: str, *, now: datetime) -> None:
    """Promise the link to whoever holds the mailbox, if a newsletter goes there, and commit.

    One a day, three in a month.  The caller answers the same whether or not anything was promised.
    """
    begin_write(session)
    index = master.index("email", normalised_email(email))
    mine = all_of_reader(session, index, to_change=True)
    held = [subscription for subscription in mine if subscription.state == "confirmed"]
    if held and _may_write(session, mine[0].public_id, now):
        key = f"{_ASKED}:{mine[0].public_id}:{now.isoformat()}"
        arguments = {"subscription": held[0].public_id, "letter": key}
        enqueue(session, LINK_JOB, key, arguments, now=now)
    session.commit()


def _may_write(session: Session, public_id: str, now: datetime) -> bool:
    asked = _asked_lately(session, f"{_ASKED}:{public_id}:", now)
    if not asked:
        return True
    return len(asked) < MOST_LETTERS and now - max(asked) >= BETWEEN_LETTERS


def _asked_lately(session: Session, prefix: str, now: datetime) -> list[datetime]:
    """When letters were asked for in the last month; their jobs are kept for longer than that."""
    since = f"{prefix}{(now - _LONG_AGO).isoformat()}"
    keys = session.scalars(select(Job.key).where(Job.key > since, Job.key < f"{prefix}~"))
    return [datetime.fromisoformat(key.removeprefix(prefix)) for key in keys]


@dataclass(frozen=True, slots=True)
class LinkSender:
    """The handler of the job `newsletter_preferences`."""

    master: MasterKey
    postbox: Postbox
    links: Links
    names_of: Callable[[Session, str, Sequence[str]], list[str]]

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG002 - a handler's signature
        """Send the letter while the subscription stands."""
        try:
            subscription = find_subscription(session, str(arguments["subscription"]))
            if subscription.state != "confirmed":
                return
            message = self._message(session, subscription, arguments.get("new", ()))
        except (NotFound, Forgotten):
            return  # the reader was forgotten meanwhile, so nothing is owed
        self.postbox.post(session, str(arguments["letter"]), message)

    def _message(self, session: Session, subscription: Subscription, new: Sequence[str]) -> Message:
        language, public_id = subscription.language, subscription.public_id
        envelope = open_data_key(session, self.master, subscription.data_key_id)
        names = self.names_of(session, language, new) if new else []
        context = {
            "newsletter": format_list(names, locale=language) if names else None,
            "preferences_url": self.links.choices(language, public_id),
            "contact": self.links.newsroom.contact,
        }
        return Message(
            LINK_JOB,
            envelope.open(EMAIL_COLUMN, subscription.email_sealed),
            language,
            context,
            unsubscribe_url=self.links.leave_all(language, public_id),
        )
