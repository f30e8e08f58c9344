"""What a session asks the reader for beside the payment: custom fields and custom texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj

MOST: Final = 3
MOST_OPTIONS: Final = 200
LONGEST_VALUE: Final = 255
LONGEST_TEXT: Final = 1200
_LONGEST_KEY: Final = 200
_LONGEST_LABEL: Final = 100
_ALPHANUMERIC: Final = re.compile(r"[A-Za-z0-9]+")


def custom_fields(given: list[Obj]) -> list[Obj]:
    """The custom fields as the session carries them, each without a value yet.

    Raises the `Refusal` Stripe would.
    """
    if len(given) > MOST:
        raise Refusal(
            f"Array custom_fields exceeded maximum {MOST} allowed elements.", param="custom_fields"
        )
    fields = [_field(each, f"custom_fields[{place}]") for place, each in enumerate(given)]
    keys = [field["key"] for field in fields]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise Refusal(
                "Each custom field needs a `key` of its own.", param=f"custom_fields[{place}][key]"
            )
    return fields


def custom_text(given: Obj) -> Obj:
    """The custom texts as the session carries them; an empty one is none."""
    texts = {name: text or None for name, text in given.items()}
    for name, text in texts.items():
        if text and len(text["message"]) > LONGEST_TEXT:
            raise Refusal(
                f"Invalid string: must be at most {LONGEST_TEXT} characters",
                param=f"custom_text[{name}][message]",
            )
    return texts


def valued(field: Obj, value: str | None) -> Obj:
    """The field with what the reader entered."""
    return field | {field["type"]: field[field["type"]] | {"value": value or None}}


def _field(given: Obj, param: str) -> Obj:
    kind, key, label = given["type"], given["key"], given["label"]
    _check_name(key, _LONGEST_KEY, f"{param}[key]")
    _check_length(label["custom"], _LONGEST_LABEL, f"{param}[label][custom]")
    for other in ("dropdown", "numeric", "text"):
        if other != kind and other in given:
            raise Refusal(
                f"You can only pass `{other}` for a custom field of `type` `{other}`.",
                param=f"{param}[{other}]",
            )
    terms = given.get(kind) or {}
    read = _dropdown if kind == "dropdown" else _line
    return {
        "key": key,
        "label": {"type": "custom", "custom": label["custom"]},
        "optional": given.get("optional", False),
        "type": kind,
        kind: read(terms, kind, f"{param}[{kind}]"),
    }


def _line(given: Obj, kind: str, param: str) -> Obj:
    """The terms of a text or numeric field."""
    shortest, longest = given.get("minimum_length"), given.get("maximum_length")
    for name, bound in (("minimum_length", shortest), ("maximum_length", longest)):
        if bound is not None and not 1 <= bound <= LONGEST_VALUE:
            raise Refusal(
                f"This value must be between 1 and {LONGEST_VALUE}.",
                code="parameter_invalid_integer",
                param=f"{param}[{name}]",
            )
    if shortest and longest and shortest > longest:
        raise Refusal(
            "`minimum_length` must not be greater than `maximum_length`.",
            param=f"{param}[minimum_length]",
        )
    value = given.get("default_value")
    if value is not None:
        good = (shortest or 0) <= len(value) <= (longest or LONGEST_VALUE)
        if not good or (kind == "numeric" and not re.fullmatch("[0-9]+", value)):
            raise Refusal("The default value does not suit its field.", param=_default(param))
    return {
        "default_value": value,
        "maximum_length": longest,
        "minimum_length": shortest,
        "value": None,
    }


def _dropdown(given: Obj, _kind: str, param: str) -> Obj:
    options = given.get("options") or []
    if not 1 <= len(options) <= MOST_OPTIONS:
        raise Refusal(f"A dropdown has 1 to {MOST_OPTIONS} options.", param=f"{param}[options]")
    values = [option["value"] for option in options]
    for place, option in enumerate(options):
        here = f"{param}[options][{place}]"
        _check_length(option["label"], _LONGEST_LABEL, f"{here}[label]")
        _check_name(option["value"], _LONGEST_LABEL, f"{here}[value]")
        if option["value"] in values[:place]:
            raise Refusal("Each option needs a `value` of its own.", param=f"{here}[value]")
    default = given.get("default_value")
    if default is not None and default not in values:
        raise Refusal("The default value must be the `value` of an option.", param=_default(param))
    return {"default_value": default, "options": options, "value": None}


def _default(param: str) -> str:
    return f"{param}[default_value]"


def _check_name(text: str, longest: int, param: str) -> None:
    if not _ALPHANUMERIC.fullmatch(text):
        raise Refusal("This value must only hold letters and digits.", param=param)
    _check_length(text, longest, param)


def _check_length(text: str, longest: int, param: str) -> None:
    if len(text) > longest:
        raise Refusal(f"Invalid string: must be at most {longest} characters", param=param)
