"""CAMT.053: the ISO 20022 statement, as European and Swiss banks give it.

pycamt reads the texts.  It takes the first amount found anywhere below a detail for the detail's
own, which may be what somebody instructed in another currency; so money, sign and day are read here
from the very element that states them.  An entry is one line, unless every detail of it states an
amount of its own and together they are the entry: then each detail is a line.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from lxml import etree
from pycamt.parser import Camt053ParseError, Camt053Parser

from donations.reconciliation.bank_files.lines import (
    StatementLine,
    Unreadable,
    account_end,
    exact_money,
    joined,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from donations.kernel.money import Money

FORMAT: Final = "CAMT.053"
_BOOKED: Final = {"BOOK", ""}
_OWN_AMOUNT: Final = ("Amt", "AmtDtls/TxAmt/Amt")
_TEXTS: Final = (
    "DebtorName",
    "CreditorName",
    "RemittanceInformationFull",
    "RemittanceInformation",
    "AdditionalRemittanceInformation",
    "EndToEndId",
    "AdditionalEntryInformation",
)
_NO_REFERENCE: Final = "NOTPROVIDED"


def recognises(content: bytes) -> bool:
    """Whether this is a statement of ISO 20022."""
    return re.search(rb"camt\.05[23]", content[:2000]) is not None and b"<" in content[:10]


def read(content: bytes) -> list[StatementLine]:
    """The booked lines of every statement in the file.  Raises `Unreadable`."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unreadable("unsafe")  # entities may reach for other files, and no bank sends any
    try:
        parser = Camt053Parser(content)
        parser.namespaces = {None: etree.QName(parser.tree).namespace}  # banks may prefix it
        texts = iter(parser.get_transactions())
        statements = parser._find_statements_or_reports()  # noqa: SLF001 - there is no public way
    except (etree.XMLSyntaxError, Camt053ParseError, ValueError, AttributeError):
        raise Unreadable("damaged") from None
    return [line for statement in statements for line in _Statement(statement, parser).lines(texts)]


class _Statement:
    """One account's entries."""

    def __init__(self, statement: Any, parser: Camt053Parser) -> None:  # noqa: ANN401 - lxml's own
        self._statement = statement
        self._spaces = parser.namespaces
        self._account = account_end(
            self._text(statement, "Acct/Id/IBAN") or self._text(statement, "Acct/Id/Othr/Id")
        )

    def lines(self, texts: Iterator[dict[str, Any]]) -> Iterator[StatementLine]:
        """The lines; `texts` gives what pycamt read, a detail at a time, in the file's order."""
        for entry in self._statement.findall(".//Ntry", self._spaces):
            details = entry.findall(".//NtryDtls//TxDtls", self._spaces)
            said = [next(texts) for _ in (details or [entry])]
            if (self._text(entry, "Sts/Cd") or self._text(entry, "Sts") or "") not in _BOOKED:
                continue
            day, amount = self._day(entry), self._amount(entry)
            parts = self._parts(details, amount)
            if parts is None:
                yield StatementLine(self._account, day, amount, _said(said))
                continue
            for part, detail in zip(parts, said, strict=True):
                yield StatementLine(self._account, day, part, _said([detail]))

    def _day(self, entry: Any) -> date:  # noqa: ANN401
        for path in ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"):
            written = self._text(entry, path)
            if written:
                try:
                    return date.fromisoformat(written[:10])  # the bank's own day, whatever its hour
                except ValueError:
                    break
        raise Unreadable("no_date", entry.sourceline)

    def _amount(self, entry: Any) -> Money:  # noqa: ANN401
        stated = entry.find("Amt", self._spaces)
        if stated is None:
            raise Unreadable("no_amount", entry.sourceline)
        money = exact_money(stated.text or "", stated.get("Ccy") or "", row=entry.sourceline)
        return -money if self._out(entry) else money

    def _parts(self, details: Sequence[Any], whole: Money) -> list[Money] | None:
        """The amounts of the details, if each states one and they are the whole; else None."""
        if len(details) < 2:  # noqa: PLR2004 - one detail is the entry
            return None
        parts: list[Money] = []
        for detail in details:
            found = (detail.find(path, self._spaces) for path in _OWN_AMOUNT)
            stated = next((amount for amount in found if amount is not None), None)
            if stated is None or (stated.get("Ccy") or "").lower() != whole.currency:
                return None
            money = exact_money(stated.text or "", whole.currency, row=detail.sourceline)
            marked = self._text(detail, "CdtDbtInd")
            out = whole.minor < 0 if marked is None else marked == "DBIT"
            parts.append(-money if out else money)
        return parts if sum(part.minor for part in parts) == whole.minor else None

    def _out(self, entry: Any) -> bool:  # noqa: ANN401
        """Whether money left.  A reversal is already marked by the way its own money goes."""
        mark = self._text(entry, "CdtDbtInd")
        if mark not in {"CRDT", "DBIT"}:
            raise Unreadable("damaged", entry.sourceline)
        return mark == "DBIT"

    def _text(self, element: Any, path: str) -> str | None:  # noqa: ANN401
        found = element.find(path, self._spaces)
        return None if found is None else (found.text or "").strip()


def _said(details: list[dict[str, Any]]) -> str:
    texts = [str(detail.get(name) or "") for detail in details for name in _TEXTS]
    return joined(*(text for text in texts if text != _NO_REFERENCE))
