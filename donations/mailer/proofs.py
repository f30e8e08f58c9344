"""A letter as its reader would see it, taken apart from what would go over the wire."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from donations.kernel.newsroom import Newsroom
    from donations.mailer.message import Message
    from donations.mailer.rendering import Letterpress

LARGEST: Final = 102 * 1024  # mailboxes cut off the HTML of a longer letter
_DARK: Final = "(prefers-color-scheme: dark)"
_SHADES: Final = 'content="light dark"'


class Shade(StrEnum):
    """How a reader's screen is set."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Proof:
    """A printed letter, opened; `size` in bytes as it travels."""

    sender: str
    subject: str
    text: str
    html: str
    size: int

    def shown(self, shade: Shade) -> str:
        """The HTML as a screen of one shade shows it, whatever shade this one has."""
        applies = "all" if shade is Shade.DARK else "not all"
        return self.html.replace(_DARK, applies).replace(_SHADES, f'content="{shade.value}"')


def proof(press: Letterpress, message: Message, newsroom: Newsroom, now: datetime) -> Proof:
    """Print a message and open the letter again."""
    printed = press.print(message, newsroom, message_id="0" * 32, now=now)
    letter = message_from_bytes(printed.data, policy=default)
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    return Proof(
        sender=str(letter["From"]),
        subject=str(letter["Subject"]),
        text="" if text is None else text.get_content(),
        html="" if html is None else html.get_content(),
        size=len(printed.data),
    )
