"""Every letter there is, with facts nobody ever had: to be looked at before anyone gets one.

One sample for each form a letter can take.  A template without a sample fails the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.kernel.wording import day_text, money_text, month_text
from donations.mailer.links import reader_link
from donations.mailer.message import Message

if TYPE_CHECKING:
    from donations.kernel.newsroom import Newsroom

TO: Final = "reader@example.org"
_SIGNED: Final = "MTQ4MjE.q7Zs0pTt0sVw3HnZkQ"
_ASKED: Final = date(2026, 8, 3)
_DAY: Final = date(2026, 11, 24)
_NEXT: Final = date(2026, 12, 24)

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

    def day(self, day: date = _DAY) -> str:
        """A day in full."""
        return day_text(day, self.language)

    def month(self) -> str:
        """The month's name."""
        return month_text(_DAY, self.language)

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


def sample_named(name: str) -> Sample:
    """The sample of a name.  Raises `NotFound`."""
    found = next((sample for sample in SAMPLES if sample.name == name), None)
    if found is None:
        raise NotFound
    return found


def _receipt(reader: Reader, frequency: str = "once", **changes: object) -> Facts:
    again = frequency != "once"
    return {
        "receipt_number": 4821,
        "amount": reader.amount(),
        "frequency": frequency,
        "given_on": reader.day(),
        "next_on": reader.day(_NEXT) if again else None,
        "cancel_url": reader.link(f"/support/cancel/{_SIGNED}") if again else None,
        "statement_line": "READERS* SUPPORT",
        "method": None,
        "fund": None,
        **changes,
    }


def _transfer(reader: Reader) -> Facts:
    return _receipt(reader, method="transfer", fund="Travel", statement_line=None)


def _pending(reader: Reader) -> Facts:
    return {"amount": reader.amount()}


def _failed(reader: Reader) -> Facts:
    return {"amount": reader.amount(), "retry_url": reader.link("/support")}


def _member_failed(reader: Reader, *, again: bool) -> Facts:
    return {
        "amount": reader.amount(),
        "retry_on": reader.day(_NEXT) if again else None,
        "cancel_url": reader.link(f"/support/cancel/{_SIGNED}"),
    }


def _reminder(reader: Reader, **changes: object) -> Facts:
    return {
        "month": reader.month(),
        "asked_on": reader.day(_ASKED),
        "amount": reader.amount(),
        "frequency": "monthly",
        "follows": "nothing",
        "every_months": None,
        "next_on": None,
        "give_url": reader.link("/support") + "?reminder=rem_4821",
        "again_url": reader.link(f"/remind-me/again/{_SIGNED}"),
        "cancel_url": reader.link(f"/remind-me/cancel/{_SIGNED}"),
        "never_url": reader.link(f"/remind-me/never/{_SIGNED}"),
        **changes,
    }


def _confirm(reader: Reader) -> Facts:
    return {
        "newsletter": "The Week",
        "confirm_url": reader.link(f"/newsletter/confirm/{_SIGNED}"),
    }


def _choices(reader: Reader, newsletter: str | None) -> Facts:
    return {
        "newsletter": newsletter,
        "preferences_url": reader.link(f"/newsletter/choices/{_SIGNED}"),
    }


def _recovery(reader: Reader, *, last: bool) -> Facts:
    return {
        "amount": reader.amount(),
        "frequency": "monthly",
        "finish_url": f"https://checkout.stripe.com/c/pay/{_SIGNED}",
        "no_url": reader.link(f"/support/unfinished/{_SIGNED}"),
        "last": last,
    }


def _mailbox(reader: Reader, side: str) -> Facts:
    return {"url": reader.link(f"/account/email/{side}/{_SIGNED}")}


def _books(reader: Reader) -> Facts:
    return {
        "counts": (("in_stripe_not_here", 2), ("balance_differs", 1)),
        "office_url": f"{reader.base_url}/office/exceptions",
    }


SAMPLES: Final = (
    Sample("receipt", "receipt", _receipt),
    Sample("receipt-monthly", "receipt", lambda reader: _receipt(reader, "monthly")),
    Sample("receipt-transfer", "receipt", _transfer),
    Sample("payment-pending", "payment_pending", _pending),
    Sample("payment-failed", "payment_failed", _failed),
    Sample("membership-failed", "membership_failed", lambda r: _member_failed(r, again=True)),
    Sample("membership-failed-last", "membership_failed", lambda r: _member_failed(r, again=False)),
    Sample("reminder", "reminder", _reminder),
    Sample("reminder-open", "reminder", lambda r: _reminder(r, amount=None, frequency=None)),
    Sample("reminder-second", "reminder", lambda r: _reminder(r, follows="second")),
    Sample(
        "reminder-series",
        "reminder",
        lambda r: _reminder(r, follows="series", every_months=3, next_on=r.day(_NEXT)),
    ),
    Sample("newsletter-confirm", "newsletter_confirm", _confirm),
    Sample("newsletter-confirmed", "newsletter_preferences", lambda r: _choices(r, "The Week")),
    Sample("newsletter-link", "newsletter_preferences", lambda r: _choices(r, None)),
    Sample("recovery", "recovery", lambda r: _recovery(r, last=False)),
    Sample("recovery-last", "recovery", lambda r: _recovery(r, last=True)),
    Sample("mailbox-old", "mailbox_old", lambda r: _mailbox(r, "old")),
    Sample("mailbox-new", "mailbox_new", lambda r: _mailbox(r, "new")),
    Sample("books-alarm", "books_alarm", _books),
)
