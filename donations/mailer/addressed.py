"""A letter on its way through a round, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from donations.mailer.addresses import BadAddress, checked_address
from donations.mailer.message import Stream
from donations.mailer.message_ids import message_id
from donations.vault.keys import normalised_email

if TYPE_CHECKING:
    from datetime import datetime

    from donations.mailer.message import Message
    from donations.vault.keys import MasterKey


class Fate(StrEnum):
    """What became of a letter."""

    SENT = "sent"
    SENT_BEFORE = "sent_before"
    WITHHELD = "withheld"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Posted:
    """The letter of a cause and its fate; `error` only when it failed."""

    key: str
    fate: Fate
    error: Exception | None = None


@dataclass(slots=True)
class Addressed:
    """A letter in the round; `fate` is None until it is known."""

    key: str
    message: Message
    message_id: str
    email_index: bytes
    domain: str = ""
    fate: Fate | None = None
    error: Exception | None = None
    row: int = 0
    went_at: datetime | None = None

    @classmethod
    def of(cls, master: MasterKey, key: str, message: Message) -> Addressed:
        """A letter ready for the round; one with a bad address has failed already."""
        index = master.index("email", normalised_email(message.to))
        letter = cls(key, message, message_id(master, key, message.to), index)
        try:
            letter.domain = checked_address(message.to).rpartition("@")[2].lower()
        except BadAddress as error:
            letter.fail(error)
        return letter

    @property
    def is_needed(self) -> bool:
        """Whether it answers what the person did or asks for."""
        return self.message.stream in {Stream.ASKED, Stream.NEEDED}

    def fail(self, error: Exception) -> None:
        """Note that it did not go out, and why."""
        self.fate, self.error = Fate.FAILED, error

    def posted(self) -> Posted:
        """What its sender is told."""
        return Posted(self.key, self.fate or Fate.FAILED, self.error)
