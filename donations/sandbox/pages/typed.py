"""Reads the form of the hosted page and says at which field something is wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from donations.sandbox.cards import BY_NUMBER, passes_luhn
from donations.sandbox.objects.paying import Typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHORTEST_CARD: Final = 12
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NOT_A_TEST_CARD: Final = (
    "Your card was declined. Your request was in test mode, but used a non test card."
)


def read(
    form: Mapping[str, str], now: int, locked_email: str | None, offered: Sequence[str]
) -> tuple[Typed, dict[str, str]]:
    """What the reader typed, and a sentence per field that is wrong (in Stripe's words).

    `offered` are the session's methods, the first of which is meant when none of them is chosen.
    """
    wrong: dict[str, str] = {}
    email = locked_email or form.get("email", "").strip()
    if not _EMAIL.fullmatch(email):
        wrong["email"] = "Your email is invalid."
    method = form.get("method", "")
    if method not in offered:
        method = offered[0]
    name = form.get("name", "").strip()
    if not name:
        wrong["name"] = "Please enter your full name."
    if method == "sepa_debit":
        return Typed(email, name, method), wrong
    number = re.sub(r"[\s-]", "", form.get("card_number", ""))
    problem = _card_problem(number)
    if problem:
        wrong["card_number"] = problem
    expiry, problem = _expiry(form.get("expiry", ""), now)
    if problem:
        wrong["expiry"] = problem
    if not re.fullmatch(r"\d{3,4}", form.get("cvc", "").strip()):
        wrong["cvc"] = "Your card’s security code is incomplete."
    return Typed(email, name, method, number, expiry), wrong


def _card_problem(number: str) -> str | None:
    if number in BY_NUMBER:
        return None
    if len(number) < _SHORTEST_CARD:
        return "Your card number is incomplete."
    if not number.isdigit() or not passes_luhn(number):
        return "Your card number is invalid."
    return _NOT_A_TEST_CARD


def _expiry(text: str, now: int) -> tuple[tuple[int, int] | None, str | None]:
    found = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*[/ -]?\s*(?:20)?(\d\d)\s*", text)
    if found is None:
        return None, "Your card’s expiration date is incomplete."
    month, year = int(found[1]), 2000 + int(found[2])
    today = datetime.fromtimestamp(now, UTC)
    if year < today.year:
        return None, "Your card’s expiration year is in the past."
    if (year, month) < (today.year, today.month):
        return None, "Your card’s expiration date is in the past."
    return (month, year), None
