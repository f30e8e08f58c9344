"""Makes a letter of a message: headers that betray nothing, a text part, an HTML part.

The sender's name and the subject are neutral, there is no picture and nothing is fetched, neither
here nor by the reader's mail program.
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING

from donations.mailer.addresses import checked_address
from donations.mailer.catalogues import BUNDLED, Catalogues
from donations.mailer.skeletons import Skeletons
from donations.mailer.wire import PrintedLetter, folded, letter_bytes, mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from donations.kernel.newsroom import Newsroom
    from donations.mailer.message import Message


class Letterpress:
    """Renders `mail/<template>/{subject.txt,body.txt,body.html}` of a template folder.

    What letters have in common is made once: templates are compiled for each language, and the
    style is written into the elements for each form of a letter.
    """

    def __init__(self, template_folder: Path, translation_folder: Path = BUNDLED) -> None:
        self._catalogues = Catalogues(template_folder, translation_folder)
        self._skeletons = Skeletons()

    def print(
        self, message: Message, newsroom: Newsroom, *, message_id: str, now: datetime
    ) -> PrintedLetter:
        """The finished letter.  Raises `BadAddress`, also for a line break in an address.

        `message_id` is the left part of its Message-ID, in hexadecimal digits.
        """
        to = checked_address(message.to)
        subject = " ".join(self._render(message, "subject.txt", message.context).split())
        facts = {
            **message.context,
            "sender": newsroom.mail_sender_name,
            "subject": subject,
        }
        data = letter_bytes(
            _headers(message, newsroom, to=to, subject=subject, message_id=message_id, now=now),
            text=self._render(message, "body.txt", facts).strip() + "\n",
            html=self._skeletons.dressed(
                lambda known: self._render(message, "body.html", known), facts
            ),
            mark=message_id,
        )
        return PrintedLetter(newsroom.mail_from, to, data)

    def _render(self, message: Message, part: str, facts: Mapping[str, object]) -> str:
        environment = self._catalogues.environment(message.language)
        return environment.get_template(f"mail/{message.template}/{part}").render(facts)


def _headers(
    message: Message,
    newsroom: Newsroom,
    *,
    to: str,
    subject: str,
    message_id: str,
    now: datetime,
) -> Iterator[tuple[str, str]]:
    yield "From", mailbox(newsroom.mail_sender_name, newsroom.mail_from)
    yield "To", to
    yield "Subject", folded("Subject", subject)
    yield "Date", format_datetime(now)
    yield "Message-ID", f"<{message_id}@{newsroom.mail_from.rpartition('@')[2]}>"
    yield "X-PM-Metadata-letter", message_id  # comes back with what Postmark tells of the letter
    yield "Auto-Submitted", "auto-generated"
    if message.unsubscribe_url is not None:
        yield "List-Unsubscribe", f"<{message.unsubscribe_url}>"
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "Content-Language", message.language
