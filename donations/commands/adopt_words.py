"""What is wrong with a line or a file, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.kernel.errors import FieldRefused

WHY_LIKELY: Final = {
    "name": "who has the same name at the same domain",
    "mailbox": "whose mailbox is the same but for dots or a plus",
    "": "as somebody said",
}
_WORDS: Final[Mapping[str, str]] = {
    "line.unreadable": "it cannot be read: too many columns, a quote left open, or broken letters",
    "email.empty": "there is no e-mail address",
    "amount.empty": "there is no amount",
    "amount.not_a_number": "the amount is no number",
    "amount.grouped": "the amount may mean two things, such as 1,500",
    "amount.too_precise": "the amount has more decimals than its currency",
    "currency.missing": "the currency is not said; give --currency",
    "currency.unknown": "the currency is not in our table",
    "date.missing": "there is no date",
    "date.no_date": "the date cannot be read",
    "date.two_meanings": "day and month cannot be told apart; give --dates dmy or mdy",
    "date.out_of_range": "the date is to come, or before 1990",
    "time.no_time": "the time cannot be read",
    "status.unknown_word": "the status is a word we do not know; give --paid if it means paid",
    "taken_in": "Some of this file was taken in already; run it without --dry-run to go on.",
    "undone": "This file is being taken back; finish that with `donations import undo`.",
    "drafted": "Nothing of this batch was taken in.",
    "shown": "Nothing of this batch was taken in.",
    "file.no_csv": "This is no file of comma-separated values.",
    "file.empty": "Its first line names no columns.",
}


def told(reason: str) -> str:
    """A reason in words; an address that is wrong is told as that, and not how."""
    if reason in _WORDS:
        return _WORDS[reason]
    return "the e-mail address is none" if reason.startswith("email.") else reason


def refusal(refused: FieldRefused) -> str:
    """Why a file cannot be read at all."""
    if refused.reason == "missing":
        return f"No column is known to be the {refused.field}; name it: --map {refused.field}=…"
    if refused.reason == "no_column":
        return f"The file has no column {refused.facts['theirs']!r}."
    if refused.reason == "no_field":
        return f"We read nothing called {refused.field!r}."
    if refused.reason == "read_otherwise":
        batch = refused.facts["batch"]
        return f"Some of this file was taken in with other columns; first undo batch {batch}."
    return told(f"{refused.field}.{refused.reason}")
