"""One form of a letter, with facts nobody ever had, and the reader it is worded for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from donations.kernel.money import Money
from donations.kernel.wording import day_text, money_text, month_text
from donations.mailer.links import reader_link
from donations.mailer.message import Message

if TYPE_CHECKING:
    from donations.kernel.newsroom import Newsroom

TO: Final = "reader@example.org"
SIGNED: Final = "MTQ4MjE.q7Zs0pTt0sVw3HnZkQ"
DAY: Final = date(2026, 11, 24)
NEXT: Final = date(2026, 12, 24)

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a sample is for: it words amounts, days and links as the real letters do."""

    newsroom: Newsroom
    base_url: str
    language: str

    def amount(self, minor: int = 1500) -> str:
        """An amount in the newsroom's first currency."""
        return money_text(Money(minor, self.newsroom.currencies[0]), self.language)

    def day(self, day: date = DAY) -> str:
        """A day in full."""
        return day_text(day, self.language)

    def month(self) -> str:
        """The month's name."""
        return month_text(DAY, self.language)

    def link(self, path: str) -> str:
        """A link of one of the reader's pages, as long as a real one."""
        return reader_link(self.base_url, self.newsroom, self.language, path)


@dataclass(frozen=True, slots=True)
class Sample:
    """One form of a letter."""

    name: str
    template: str
    facts: Callable[[Reader], Facts]

    def message(self, newsroom: Newsroom, base_url: str, language: str) -> Message:
        """The message as it would be posted."""
        reader = Reader(newsroom, base_url, language)
        facts = {"contact": newsroom.contact, **self.facts(reader)}
        return Message(self.template, TO, language, facts)
