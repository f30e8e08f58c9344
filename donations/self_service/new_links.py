"""A new link for one that is over: written to the address we hold, whoever asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.giving.cancelling import find_membership, is_cancelled
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.mailer.message import Message
from donations.self_service.actions import Action
from donations.supporters.directory import mailbox_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.newsroom import Newsroom
    from donations.mailer.postbox import Postbox
    from donations.self_service.links import ActionLinks
    from donations.vault.keys import MasterKey

NEW_LINK_JOB: Final = "new_link"


def ask_for_link(session: Session, action: Action, public_id: str, *, now: datetime) -> None:
    """Promise the letter with a new link, one a day at most.  Commits."""
    begin_write(session)
    key = f"{NEW_LINK_JOB}:{action}:{public_id}:{now.date().isoformat()}"
    arguments = {"action": action.value, "membership": public_id}
    enqueue(session, NEW_LINK_JOB, key, arguments, now=now)
    session.commit()


class LinkWriter:
    """The handler of the jobs `new_link`."""

    def __init__(
        self, master: MasterKey, postbox: Postbox, links: ActionLinks, newsroom: Newsroom
    ) -> None:
        self._master = master
        self._postbox = postbox
        self._links = links
        self._newsroom = newsroom

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """Write the letter, unless there is nobody or nothing left to write about."""
        public_id, action = arguments["membership"], Action(arguments["action"])
        try:
            membership = find_membership(session, public_id)
        except NotFound:
            return
        supporter = membership.supporter
        to = mailbox_of(session, self._master, supporter)
        if supporter is None or to is None or is_cancelled(membership):
            return
        url = self._links.url(action, public_id, supporter.language)
        context = {"url": url, "contact": self._newsroom.contact}
        message = Message(NEW_LINK_JOB, to, supporter.language, context)
        key = f"{NEW_LINK_JOB}:{action}:{public_id}:{now.date().isoformat()}"
        self._postbox.post(session, key, message)
