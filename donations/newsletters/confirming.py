"""Sends the letter that asks a mailbox's owner to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from donations.kernel.errors import NotFound
from donations.mailer.links import reader_link
from donations.mailer.message import Message
from donations.newsletters.subscribing import EMAIL_COLUMN, find_subscription, letter_key
from donations.vault.sealed import Forgotten, open_data_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.newsroom import Newsroom
    from donations.kernel.tokens import Signer
    from donations.mailer.postbox import Postbox
    from donations.newsletters.models import Subscription
    from donations.vault.keys import MasterKey

CONFIRMING: Final = "newsletter-confirm"
"""The purpose of the token in a link that confirms."""
LEAVING: Final = "newsletter-unsubscribe"
"""The purpose of the token in a link that unsubscribes."""
CONFIRM_WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ConfirmationSender:
    """The handler of the job `newsletter_confirm`.

    `name_of` gives the newsletter's name in a language; it is asked before anything is sent.
    """

    master: MasterKey
    postbox: Postbox
    signer: Signer
    base_url: str
    newsroom: Newsroom
    name_of: Callable[[Session, str], str]

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG002 - a handler's signature
        """Send the letter while the subscription is pending."""
        public_id = str(arguments["subscription"])
        try:
            subscription = find_subscription(session, public_id)
            if subscription.state != "pending":
                return
            message = self._message(session, subscription)
        except (NotFound, Forgotten):
            return  # the reader was forgotten meanwhile, so nothing is owed
        self.postbox.post(session, letter_key(public_id, str(arguments["asked_at"])), message)

    def _message(self, session: Session, subscription: Subscription) -> Message:
        language, public_id = subscription.language, subscription.public_id
        envelope = open_data_key(session, self.master, subscription.data_key_id)
        confirm_token = self.signer.sign(CONFIRMING, public_id)
        leave_token = self.signer.sign(LEAVING, public_id)
        context = {
            "newsletter": self.name_of(session, language),
            "confirm_url": self._link(language, f"/newsletter/confirm/{confirm_token}"),
            "contact": self.newsroom.contact,
        }
        return Message(
            "newsletter_confirm",
            envelope.open(EMAIL_COLUMN, subscription.email_sealed),
            language,
            context,
            unsubscribe_url=self._link(language, f"/newsletter/unsubscribe/{leave_token}"),
        )

    def _link(self, language: str, path: str) -> str:
        return reader_link(self.base_url, self.newsroom, language, path)
