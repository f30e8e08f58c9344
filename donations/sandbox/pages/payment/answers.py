"""What a reader answers beside the payment: names, address, custom fields, consents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.objects.checkout.checkout_fields import LONGEST_VALUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.sandbox import Obj
    from donations.sandbox.pages.payment.languages import Language
    from donations.sandbox.pages.payment.questions import Questions

LONGEST: Final = 500
CUSTOM: Final = "custom_"
_PHONE: Final = re.compile(r"\+?[0-9 ().-]{6,20}")
_ADDRESS: Final = ("country", "line1", "line2", "city", "state", "postal_code")
_NEEDED: Final = ("country", "line1", "city")
# Countries whose addresses have no postal code.
_NO_POSTAL_CODE: Final = frozenset(
    {"AE", "AG", "AO", "AW", "BF", "BI", "BJ", "BO", "BS", "BW", "BZ", "CD", "CF", "CG", "CI", "CM",
     "DJ", "DM", "ER", "FJ", "GA", "GD", "GH", "GM", "GQ", "GY", "HK", "IE", "JM", "KI", "KM", "KN",
     "KP", "LC", "LY", "ML", "MO", "MR", "MW", "NA", "NR", "PA", "QA", "RW", "SB", "SC", "SL", "SR",
     "ST", "SY", "TD", "TG", "TK", "TL", "TO", "TT", "TV", "UG", "VU", "WS", "YE", "ZW"}
)  # fmt: skip


class Sheet:
    """The form as sent, and what is wrong with it so far: a sentence per field."""

    def __init__(self, form: Mapping[str, str], say: Language) -> None:
        self._form = form
        self.say = say
        self.wrong: dict[str, str] = {}

    def text(self, name: str) -> str:
        """What stands in a field, without blanks around it and signs nobody types."""
        typed = "".join(c if c.isprintable() else " " for c in self._form.get(name, "")).strip()
        if len(typed) > LONGEST:
            self.wrong[name] = self.say("too_long", count=LONGEST)
        return typed

    def needed(self, name: str) -> str:
        """What stands in a field that must not be empty."""
        typed = self.text(name)
        if not typed:
            self.wrong[name] = self.say("required")
        return typed

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return name in self._form


def before_paying(sheet: Sheet, asked: Questions) -> dict[str, Any]:
    """The answers that stand above the payment, as `Typed` names them."""
    phone = sheet.text("phone") if asked.phone else ""
    if asked.phone and not _PHONE.fullmatch(phone):
        sheet.wrong["phone"] = sheet.say("wrong_phone")
    names = {
        name: sheet.text(name) if optional else sheet.needed(name)
        for name, optional in asked.names.items()
    }
    custom = {field["key"]: _custom(sheet, field) for field in asked.session["custom_fields"]}
    return {"phone": phone, "custom": custom, **names}


def after_paying(sheet: Sheet, asked: Questions) -> dict[str, Any]:
    """The answers that stand below the payment, as `Typed` names them."""
    address = _address(sheet) if asked.address else None
    if asked.code and sheet.text("promotion_code"):
        sheet.wrong["promotion_code"] = sheet.say("code_invalid")  # the sandbox has none
    terms = asked.terms and sheet.ticked("terms")
    if asked.terms and not terms:
        sheet.wrong["terms"] = sheet.say("terms_needed")
    return {
        "address": address,
        "promotions": sheet.ticked("promotions") if asked.promotions else None,
        "save": asked.save and sheet.ticked("save"),
        "terms": terms,
    }


def _address(sheet: Sheet) -> dict[str, str | None]:
    address: dict[str, str | None] = {name: sheet.text(name) or None for name in _ADDRESS}
    for name in _NEEDED:
        sheet.needed(name)
    country = address["country"] or ""
    if country and country not in dict(sheet.say.countries()):
        sheet.wrong["country"] = sheet.say("wrong_option")
    elif country not in _NO_POSTAL_CODE:
        sheet.needed("postal_code")
    return address


def _custom(sheet: Sheet, field: Obj) -> str:
    name, kind = CUSTOM + field["key"], field["type"]
    value = sheet.text(name) if field["optional"] else sheet.needed(name)
    if value and name not in sheet.wrong:
        problem = _problem(sheet.say, value, kind, field[kind])
        if problem:
            sheet.wrong[name] = problem
    return value


def _problem(say: Language, value: str, kind: str, terms: Obj) -> str | None:
    if kind == "dropdown":
        known = {option["value"] for option in terms["options"]}
        return None if value in known else say("wrong_option")
    if kind == "numeric" and not re.fullmatch("[0-9]+", value):
        return say("digits_only")
    shortest, longest = terms["minimum_length"] or 0, terms["maximum_length"] or LONGEST_VALUE
    if len(value) < shortest:
        return say("too_short", count=shortest)
    return say("too_long", count=longest) if len(value) > longest else None
