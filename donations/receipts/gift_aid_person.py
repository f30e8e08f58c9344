"""Who declares Gift Aid: the name and home address HMRC knows a taxpayer by, checked and sealed.

Lengths and forms are those of HMRC's schedule.  Source:
https://www.gov.uk/guidance/schedule-spreadsheet-to-claim-back-tax-on-gift-aid-donations.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict

from donations.kernel.errors import FieldRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = {
    "title": 4,
    "first_name": 35,
    "last_name": 35,
    "house": 40,
    "address": 200,
    "postcode": 8,
}
ABROAD: Final = "X"
"""What the schedule has in place of a postcode for somebody who lives outside the UK."""
_NEEDED: Final = ("first_name", "last_name", "house", "address")
_POSTCODE: Final = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")


class Person(BaseModel):
    """A taxpayer; `address` is what follows the house's name or number, in one line."""

    model_config = ConfigDict(frozen=True)

    title: str
    first_name: str
    last_name: str
    house: str
    address: str
    postcode: str


def read_person(typed: Mapping[str, str], *, abroad: bool) -> Person:
    """The person typed into a form.  Raises `FieldRefused` for the first field that is wrong.

    Reasons are `empty`, `too_long` and `not_a_postcode`.
    """
    told = {name: " ".join(typed.get(name, "").split()) for name in LONGEST}
    for name in _NEEDED:
        if not told[name]:
            raise FieldRefused(name, "empty")
    for name, most in LONGEST.items():
        if len(told[name]) > most or not told[name].isprintable():
            raise FieldRefused(name, "too_long", most=most)
    told["postcode"] = ABROAD if abroad else _postcode(told["postcode"])
    return Person(**told)


def _postcode(typed: str) -> str:
    """A UK postcode as HMRC writes it: capitals, and a space before the last three signs."""
    found = _POSTCODE.fullmatch(typed.upper().replace(" ", ""))
    if found is None:
        raise FieldRefused("postcode", "not_a_postcode" if typed else "empty")
    return f"{found[1]} {found[2]}"
