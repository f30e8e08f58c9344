"""What was caught: the newest few hundred letters, in memory or as files that outlive a run."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class Caught:
    """One letter as it came."""

    number: int
    letter: EmailMessage

    @property
    def to(self) -> str:
        """Whom it is for."""
        return str(self.letter["To"] or "")

    @property
    def subject(self) -> str:
        """Its subject."""
        return str(self.letter["Subject"] or "")

    @property
    def date(self) -> str:
        """The date it says it was written."""
        return str(self.letter["Date"] or "")

    @property
    def text(self) -> str:
        """Its text part; empty if there is none."""
        return _content(self.letter, "plain")

    @property
    def html(self) -> str:
        """Its HTML part; empty if there is none."""
        return _content(self.letter, "html")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Every header in order, decoded."""
        return [(name, str(value)) for name, value in self.letter.items()]

    def as_json(self) -> dict[str, Any]:
        """The letter for other programs."""
        return {
            "number": self.number,
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "headers": dict(self.headers),
        }


class Letterbox:
    """Keeps the newest `KEPT` letters, numbered as they came, under one lock.

    With a folder every letter is a file in it, and those of an earlier run are there again.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._folder = folder
        self._letters: OrderedDict[int, Caught] = OrderedDict()
        self._last = 0
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(folder.glob("*.eml"), key=lambda found: found.name.zfill(20)):
                if path.stem.isdecimal():
                    self._keep(int(path.stem), path.read_bytes())

    def put(self, raw: bytes) -> Caught:
        """Keep one more letter; the oldest makes room."""
        with self._lock:
            number = self._last + 1
            if self._folder is not None:
                self._file(number).write_bytes(raw)
            return self._keep(number, raw)

    def newest_first(self) -> list[Caught]:
        """What is kept."""
        with self._lock:
            return list(reversed(self._letters.values()))

    def find(self, number: int) -> Caught | None:
        """The letter of that number; None if it made room already or never came."""
        with self._lock:
            return self._letters.get(number)

    def _keep(self, number: int, raw: bytes) -> Caught:
        letter = message_from_bytes(raw, EmailMessage, policy=default)
        caught = self._letters[number] = Caught(number, letter)
        self._last = max(self._last, number)
        while len(self._letters) > KEPT:
            oldest, _ = self._letters.popitem(last=False)
            if self._folder is not None:
                self._file(oldest).unlink(missing_ok=True)
        return caught

    def _file(self, number: int) -> Path:
        if self._folder is None:
            message = "these letters are kept in memory"
            raise RuntimeError(message)
        return self._folder / f"{number}.eml"


def _content(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
