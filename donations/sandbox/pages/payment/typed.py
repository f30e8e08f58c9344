"""Reads the form of the hosted page and says at which field something is wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.cards import BY_NUMBER, passes_luhn
from donations.sandbox.objects.checkout.checkout_rules import EMAIL
from donations.sandbox.objects.checkout.paying import Typed
from donations.sandbox.objects.methods import ibans
from donations.sandbox.pages.payment import answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from donations.sandbox.pages.payment.languages import Language
    from donations.sandbox.pages.payment.questions import Questions

Expiry = tuple[int, int]
_SHORTEST_CARD: Final = 12
_SHORTEST_IBAN: Final = 15


def read(
    form: Mapping[str, str], asked: Questions, now: int, say: Language
) -> tuple[Typed, dict[str, str]]:
    """What the reader typed, and a sentence per field that is wrong, in the page's order.

    A method that is not offered is refused; where none is sent, the first one is meant.
    """
    sheet = answers.Sheet(form, say)
    email = _email(sheet, asked.locked_email)
    before = answers.before_paying(sheet, asked)
    method = sheet.text("method") or next(iter(asked.choices), "")
    saved = next((each for each in asked.saved if each["id"] == method), None)
    known = (saved["billing_details"].get("name") or email) if saved else ""
    paying = _method(sheet, method, asked.choices, known, now)
    after = answers.after_paying(sheet, asked)
    return Typed(email=email, language=say.tag, **before, **paying, **after), sheet.wrong


def _email(sheet: answers.Sheet, locked: str | None) -> str:
    email = locked or sheet.text("email")
    if not EMAIL.fullmatch(email):
        sheet.wrong["email"] = sheet.say("wrong_email")
    return email


def _method(
    sheet: answers.Sheet, method: str, offered: Sequence[str], known: str, now: int
) -> dict[str, Any]:
    """The method and the name with it, `known` where nobody is asked, as `Typed` names them."""
    typed: dict[str, Any] = {"method": method}
    if offered and method not in offered:
        sheet.wrong["method"] = sheet.say("wrong_method")
    elif method == "card":
        typed["card_number"], typed["expiry"] = _card(sheet, now)
    elif method == "sepa_debit":
        typed["iban"] = _iban(sheet)
    return typed | {"name": _name(sheet, known)}


def _name(sheet: answers.Sheet, known: str) -> str:
    name = sheet.text("name") or known
    if not name:
        sheet.wrong["name"] = sheet.say("wrong_name")
    return name


def _card(sheet: answers.Sheet, now: int) -> tuple[str, Expiry | None]:
    number = re.sub(r"[\s-]", "", sheet.text("card_number"))
    expiry, late = _expiry(sheet.text("expiry"), now)
    complete = re.fullmatch(r"[0-9]{3,4}", sheet.text("cvc"))
    problems = {
        "card_number": _card_problem(number),
        "expiry": late,
        "cvc": None if complete else "cvc_incomplete",
    }
    sheet.wrong |= {name: sheet.say(problem) for name, problem in problems.items() if problem}
    return number, expiry


def _card_problem(number: str) -> str | None:
    if number in BY_NUMBER:
        return None
    if len(number) < _SHORTEST_CARD:
        return "card_incomplete"
    good = re.fullmatch("[0-9]+", number) and passes_luhn(number)
    return "card_not_test" if good else "card_invalid"


def _expiry(text: str, now: int) -> tuple[Expiry | None, str | None]:
    found = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*[/ -]?\s*(?:20)?([0-9]{2})\s*", text)
    if found is None:
        return None, "expiry_incomplete"
    month, year = int(found[1]), 2000 + int(found[2])
    today = datetime.fromtimestamp(now, UTC)
    if year < today.year:
        return None, "expiry_year_past"
    if (year, month) < (today.year, today.month):
        return None, "expiry_past"
    return (month, year), None


def _iban(sheet: answers.Sheet) -> str:
    number = ibans.compact(sheet.text("iban"))
    problem = None
    if len(number) < _SHORTEST_IBAN:
        problem = "iban_incomplete"
    elif not ibans.passes_check(number):
        problem = "iban_invalid"
    elif number not in ibans.TEST_IBANS:
        problem = "iban_not_test"
    if problem:
        sheet.wrong["iban"] = sheet.say(problem)
    return number
