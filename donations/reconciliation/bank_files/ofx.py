"""OFX 1 (SGML) and 2 (XML), as American and many other banks give it (also called QFX, QBO).

ofxtools builds the tree of both.  Its models are left aside: they would move the bank's own day
to UTC's, and refuse a file for a name that is a letter too long.
"""

from __future__ import annotations

import io
import logging
import re
from datetime import date
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, unescape

from ofxtools.Parser import OFXTree

from donations.reconciliation.bank_files.lines import (
    StatementLine,
    Unreadable,
    account_end,
    exact_money,
    joined,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

FORMAT: Final = "OFX"
_STATEMENTS: Final = ("STMTRS", "CCSTMTRS")
_CDATA: Final = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_ONE_COMMA: Final = re.compile(r"([+-]?[0-9]+),([0-9]{1,3})")
_TEXTS: Final = ("NAME", "PAYEE/NAME", "EXTDNAME", "MEMO", "REFNUM", "CHECKNUM", "FITID")

logging.getLogger("ofxtools").setLevel(logging.CRITICAL + 1)


def recognises(content: bytes) -> bool:
    """Whether this is Open Financial Exchange, of either age."""
    return b"OFXHEADER" in content[:2000].upper() and b"<OFX>" in content.upper()


def read(content: bytes) -> list[StatementLine]:
    """The lines of every statement in the file.  Raises `Unreadable`."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unreadable("unsafe")
    # The library reads from the first CDATA of a row to the end of its last one.
    plain = _CDATA.sub(lambda found: escape(found[1].decode("latin-1")).encode("latin-1"), content)
    tree = OFXTree()
    try:
        root = tree.parse(io.BytesIO(plain))
    except (SyntaxError, ValueError, AssertionError, IndexError, AttributeError):
        raise Unreadable("damaged") from None
    found = [statement for tag in _STATEMENTS for statement in root.iter(tag)]
    lines = [line for statement in found for line in _lines(statement)]
    if len(lines) != len(re.findall(rb"<STMTTRN>", plain)):
        raise Unreadable("incomplete")
    return lines


def _lines(statement: Element) -> Iterator[StatementLine]:
    currency = _text(statement, "CURDEF")
    account = account_end(
        _text(statement, "BANKACCTFROM/ACCTID") or _text(statement, "CCACCTFROM/ACCTID")
    )
    for entry in statement.iter("STMTTRN"):
        # CURRENCY says that TRNAMT is in another one; ORIGCURRENCY only that it once was.
        code = _text(entry, "CURRENCY/CURSYM") or currency
        if not code:
            raise Unreadable("no_currency")
        yield StatementLine(
            account,
            _day(_text(entry, "DTPOSTED")),
            exact_money(_ONE_COMMA.sub(r"\1.\2", _text(entry, "TRNAMT")), code),
            joined(*(_text(entry, path) for path in _TEXTS)),
        )


def _day(written: str) -> date:
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:8]))
    except ValueError:
        raise Unreadable("no_date") from None


def _text(element: Element, path: str) -> str:
    return unescape((element.findtext(path) or "").strip(), {"&nbsp;": " ", "&quot;": '"'})
