"""What banks call the columns of their spreadsheets, in the languages met so far."""

from __future__ import annotations

import re
from typing import Final

DATE: Final = "date"
AMOUNT: Final = "amount"
DEBIT: Final = "debit"
CREDIT: Final = "credit"
MARK: Final = "mark"
CURRENCY: Final = "currency"
TEXT: Final = "text"
ACCOUNT: Final = "account"

# The first name found wins: the day of booking before the day of value.
HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    DATE: (
        *("booking date", "bookingdate", "booked on", "posting date", "posted date", "post date"),
        *("buchungstag", "buchungsdatum", "buchung", "transaction date", "date posted"),
        *("boekdatum", "boekingsdatum", "datum boeking", "date de comptabilisation"),
        *("date d'opération", "date operation", "fecha operación", "fecha de operación"),
        *("data operacji", "data księgowania", "дата операции", "дата проводки", "дата"),
        *("date", "datum", "fecha", "data", "started date", "completed date", "transactiedatum"),
        *("valuta", "valutadatum", "value date", "wertstellung", "date de valeur"),
    ),
    AMOUNT: (
        *("amount", "betrag", "umsatz", "bedrag", "montant", "importe", "importo", "kwota"),
        *("сумма", "transaction amount", "net amount", "bedrag (eur)", "сумма операции"),
        *("kwota operacji", "transactiebedrag"),
    ),
    DEBIT: (
        *("debit", "debit amount", "withdrawal", "withdrawals", "paid out", "money out", "soll"),
        *("belastung", "lastschrift", "ausgang", "débit", "af", "cargo", "obciążenia"),
        *("расход", "дебет", "money out amount"),
    ),
    CREDIT: (
        *("credit", "credit amount", "deposit", "deposits", "paid in", "money in", "haben"),
        *("gutschrift", "eingang", "crédit", "bij", "abono", "uznania", "приход", "кредит"),
    ),
    MARK: (
        *("soll/haben", "s/h", "debit/credit", "credit/debit", "debit or credit", "dr/cr"),
        *("af bij", "af/bij", "cdtdbtind", "credit debit indicator", "sens"),
    ),
    CURRENCY: (
        *("currency", "währung", "waehrung", "whg", "ccy", "valuta (iso)", "munt", "muntsoort"),
        *("devise", "divisa", "moneda", "waluta", "валюта", "currency code"),
    ),
    TEXT: (
        *("description", "details", "narrative", "memo", "purpose", "payee", "name", "reference"),
        *("payment reference", "transaction description", "counterparty", "sender"),
        *("verwendungszweck", "buchungstext", "empfänger", "auftraggeber", "zahlungsempfänger"),
        *("beguenstigter/zahlungspflichtiger", "begünstigter/auftraggeber", "zahlungspflichtiger"),
        *("name zahlungsbeteiligter", "kundenreferenz (end-to-end)", "kundenreferenz"),
        *("omschrijving", "naam", "naam tegenpartij", "mededelingen", "naam / omschrijving"),
        *("libellé", "libelle", "bénéficiaire", "concepto", "descripción", "opis", "tytuł"),
        *("назначение платежа", "описание", "контрагент", "end-to-end id", "sender reference"),
    ),
    ACCOUNT: (
        *("account", "account number", "iban", "auftragskonto", "kontonummer", "rekening"),
        *("iban auftragskonto", "numer konta", "номер счета", "номер счёта", "own account"),
    ),
}
OUT_MARKS: Final = frozenset({"s", "d", "dr", "dbit", "debit", "soll", "af", "-", "belastung"})
IN_MARKS: Final = frozenset({"h", "c", "cr", "crdt", "credit", "haben", "bij", "+", "gutschrift"})
_BRACKETED: Final = re.compile(r"\s*[(\[](?P<inside>[^)\]]*)[)\]]\s*$")
_SIGNS: Final = {"€": "eur", "$": "usd", "£": "gbp", "¥": "jpy", "₽": "rub"}


def plain(heading: str) -> str:
    """A heading as it is compared: small letters, no brackets, single spaces."""
    return " ".join(_BRACKETED.sub("", heading).strip().strip("*:").casefold().split())


def currency_in(heading: str) -> str | None:
    """The currency a heading such as "Betrag (EUR)" or "Amount €" names, in small letters."""
    found = _BRACKETED.search(heading)
    last = heading.split()[-1:]
    word = (found["inside"] if found else "".join(last)).strip().lower()
    if word in _SIGNS:
        return _SIGNS[word]
    return word if re.fullmatch(r"[a-z]{3}", word) and found else None


def recognised(headings: list[str]) -> dict[str, list[int]]:
    """The columns of every role, best named first; a column has one role."""
    names = [plain(heading) for heading in headings]
    taken: set[int] = set()
    roles: dict[str, list[int]] = {}
    for role, known in HEADINGS.items():
        order = [at for name in known for at, shown in enumerate(names) if shown == name]
        roles[role] = [at for at in dict.fromkeys(order) if at not in taken]
        if role != DATE:
            taken.update(roles[role])
        else:
            taken.update(roles[role][:1])
    return roles
