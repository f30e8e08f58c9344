"""MT940: the SWIFT statement, with the German sub-fields of :86: where a bank uses them.

What mt-940 would do unasked and must not: log what it cannot read (a reader may be named there),
open a file whose name it takes the data for, count a reversed credit as money in, drop a line that
has no transaction type, and hang the statement's closing words on its last line.
"""

from __future__ import annotations

import io
import logging
import re
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING, Any, Final

import mt940

from donations.reconciliation.bank_files.lines import (
    StatementLine,
    Unreadable,
    account_end,
    exact_money,
    joined,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT: Final = "MT940"
_ENCODINGS: Final = ("utf-8", "cp1252", "cp852")
_ENVELOPE: Final = re.compile(r"(?m)^(?:\{[^\n]*\{4:|\{[^\n]*|-\}?)[ \t]*$\n?")
_CLOSING_WORDS: Final = re.compile(r"(?ms)^(:6[245][FM]?:[^\n]*\n):86:.*?(?=^:[0-9]{2}[A-Z]?:|\Z)")
_LINES: Final = re.compile(r"(?m)^:61:")
_TEXTS: Final = (
    "applicant_name",
    "recipient_name",
    "purpose",
    "additional_purpose",
    "transaction_details",
    "end_to_end_reference",
    "customer_reference",
    "bank_reference",
    "extra_details",
    "posting_text",
)
_NO_REFERENCE: Final = {"NONREF", "NOTPROVIDED"}

logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)


def recognises(content: bytes) -> bool:
    """Whether this is a statement of SWIFT."""
    return re.search(rb"(?m)^:20:", content[:4000]) is not None and b":60" in content


def read(content: bytes) -> list[StatementLine]:
    """The lines of every statement in the file.  Raises `Unreadable`."""
    text = _decoded(content).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = _CLOSING_WORDS.sub(r"\1", _ENVELOPE.sub("", text) + "\n")
    try:
        statements = mt940.parse_statements(io.StringIO(text), options=mt940.Options.all())
        lines = [line for statement in statements for line in _lines(statement)]
    except (RuntimeError, ValueError, KeyError, TypeError, DecimalException):
        raise Unreadable("damaged") from None
    if len(lines) != len(_LINES.findall(text)):
        raise Unreadable("incomplete")
    return lines


def _lines(statement: Any) -> Iterator[StatementLine]:  # noqa: ANN401 - the library's own collection
    account = account_end(statement.data.get("account_identification"))
    for transaction in statement:
        data = transaction.data
        stated = data["amount"]
        if not isinstance(stated.amount, Decimal) or not stated.currency:
            raise Unreadable("no_currency")
        yield StatementLine(
            account,
            data.get("entry_date") or data["date"],
            exact_money(stated.amount, stated.currency),
            joined(*(text for text in map(data.get, _TEXTS) if text not in _NO_REFERENCE)),
        )


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("damaged")
