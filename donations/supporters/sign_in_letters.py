"""Writes the letter with the link that signs a supporter in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from donations.kernel.database import begin_write
from donations.mailer.links import reader_link
from donations.mailer.message import Message, Stream
from donations.supporters.account_models import SignInAsk
from donations.supporters.directory import mailbox_of
from donations.supporters.sign_in_links import LINK_JOB, LIVES, make_link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from donations.kernel.newsroom import Newsroom
    from donations.mailer.postbox import Postbox
    from donations.vault.keys import MasterKey

TEMPLATE: Final = "sign_in"
_STALE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SignInSender:
    """The handler of the job `account_link`."""

    master: MasterKey
    postbox: Postbox
    base_url: str
    newsroom: Newsroom

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """Send the link, if the address is a supporter's and nobody waited too long for it.

        A job that comes again makes another link: the letter may have gone out with the first.
        """
        begin_write(session)
        ask = session.get(SignInAsk, arguments["ask"])
        if ask is None or now - ask.asked_at > _STALE:
            return
        made = make_link(session, ask, now)
        if made is None:
            return
        token, supporter = made
        to = mailbox_of(session, self.master, supporter)
        if to is None:
            return
        message = self._message(to, token, ask.language)
        session.commit()
        self.postbox.post(session, f"{LINK_JOB}:{arguments['ask']}", message)

    def _message(self, to: str, token: str, language: str) -> Message:
        url = reader_link(self.base_url, self.newsroom, language, f"/account/sign-in/{token}")
        context = {
            "url": url,
            "minutes": int(LIVES.total_seconds() // 60),
            "contact": self.newsroom.contact,
        }
        return Message(TEMPLATE, to, language, context, stream=Stream.ASKED)
