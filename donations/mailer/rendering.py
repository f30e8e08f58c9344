"""Makes a letter of a message: headers that betray nothing, a text part, an HTML part.

The sender's name and the subject are neutral, there is no picture and nothing is fetched, neither
here nor by the reader's mail program.
"""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final

from css_inline import CSSInliner

from donations.mailer.addresses import checked_address
from donations.mailer.catalogues import BUNDLED, Catalogues

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from donations.kernel.newsroom import Newsroom
    from donations.mailer.message import Message

_UNFOLDED: Final = frozenset({"list-unsubscribe", "message-id"})


class LetterPolicy(EmailPolicy):
    """SMTP's line rules, save that an address in a header is never broken.

    The library would turn a link longer than a line into encoded words, which no mail program
    follows; RFC 5322 allows such a line up to 998 characters.
    """

    def fold(self, name: str, value: Any) -> str:  # noqa: ANN401 - the library's own signature
        """One header as text."""
        if name.lower() in _UNFOLDED:
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:  # noqa: ANN401 - as above
        """One header as bytes."""
        if name.lower() in _UNFOLDED:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


LETTER_POLICY: Final = LetterPolicy(linesep="\r\n")


class Letterpress:
    """Renders `mail/<template>/{subject.txt,body.txt,body.html}` of a template folder."""

    def __init__(self, template_folder: Path, translation_folder: Path = BUNDLED) -> None:
        self._catalogues = Catalogues(template_folder, translation_folder)
        self._inliner = CSSInliner(
            keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False
        )

    def print(
        self, message: Message, newsroom: Newsroom, *, message_id: str, now: datetime
    ) -> EmailMessage:
        """The finished letter.  Raises `BadAddress`, also for a line break in an address."""
        letter = EmailMessage(policy=LETTER_POLICY)
        letter["From"] = Address(newsroom.mail_sender_name, addr_spec=newsroom.mail_from)
        letter["To"] = Address(addr_spec=checked_address(message.to))
        letter["Subject"] = self._words(message, "subject.txt", {})
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = f"<{message_id}@{newsroom.mail_from.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        if message.unsubscribe_url is not None:
            letter["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
            letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        self._write_parts(letter, message, newsroom)
        letter["Content-Language"] = message.language  # writing the parts drops what was there
        return letter

    def _write_parts(self, letter: EmailMessage, message: Message, newsroom: Newsroom) -> None:
        facts = {"sender": newsroom.mail_sender_name, "subject": letter["Subject"]}
        text = self._render(message, "body.txt", facts).strip() + "\n"
        html = self._inliner.inline(self._render(message, "body.html", facts))
        letter.set_content(text, cte="quoted-printable")
        letter.add_alternative(html, subtype="html", cte="quoted-printable")

    def _words(self, message: Message, part: str, facts: Mapping[str, object]) -> str:
        return " ".join(self._render(message, part, facts).split())

    def _render(self, message: Message, part: str, facts: Mapping[str, object]) -> str:
        environment = self._catalogues.environment(message.language)
        template = environment.get_template(f"mail/{message.template}/{part}")
        return template.render({**message.context, **facts})
