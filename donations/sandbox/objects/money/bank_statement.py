"""The newsroom's bank, as far as payouts go: what arrived there, as a CAMT.053 statement.

The shape is that of ISO 20022 camt.053.001.08; a payout's trace id stands in the end-to-end
reference and in the remittance text, where banks put it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from donations.kernel.currencies import CURRENCIES
from donations.sandbox.objects.money.bank_accounts import bank_account

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_SPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_ARRIVED: Final = ("paid", "failed")


def statement(world: World) -> str:
    """Every payout that reached the bank, an account for each currency, money in as credits.

    A payout that the bank sent back after it had arrived is a credit and a debit.
    """
    root = ET.Element("Document", xmlns=_SPACE)
    body = ET.SubElement(root, "BkToCstmrStmt")
    now = world.clock.now()
    _tree(body, {"GrpHdr": {"MsgId": f"SANDBOX-{now}", "CreDtTm": _moment(now)}})
    for currency, lines in sorted(_lines(world).items()):
        account = bank_account(world, currency)
        told = ET.SubElement(body, "Stmt")
        identifier = {"Othr": {"Id": f"{account['routing_number']}{account['last4']}"}}
        _tree(told, {"Id": f"{currency.upper()}-{now}", "CreDtTm": _moment(now)})
        _tree(told, {"Acct": {"Id": identifier, "Ccy": currency.upper()}})
        for number, (day, amount, text, trace) in enumerate(lines, 1):
            _entry(told, number, day, amount, currency, text, trace)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _lines(world: World) -> dict[str, list[tuple[int, int, str, str]]]:
    """By currency: the moment, the amount, the text and the trace id of every line, in order."""
    found: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
    for payout in list(world.store.tables.get("payout", {}).values()):
        arrived = payout["arrival_date"]
        if payout["status"] not in _ARRIVED or arrived > world.clock.now():
            continue
        returned = world.store.find("balance_transaction", payout["failure_balance_transaction"])
        if returned and returned["created"] < arrived:  # refused before it was there
            continue
        trace = payout["trace_id"]["value"] or "NOTPROVIDED"
        text = f"STRIPE PAYOUT {'' if trace == 'NOTPROVIDED' else trace}".strip()
        lines = found[payout["currency"]]
        lines.append((arrived, payout["amount"], text, trace))
        if returned:
            lines.append((returned["created"], -payout["amount"], "RETURNED STRIPE", trace))
    for lines in found.values():
        lines.sort()
    return found


def _entry(
    told: ET.Element, number: int, day: int, amount: int, currency: str, text: str, trace: str
) -> None:
    entry = ET.SubElement(told, "Ntry")
    exponent = CURRENCIES[currency].exponent
    figure = ET.SubElement(entry, "Amt", Ccy=currency.upper())
    figure.text = format(Decimal(abs(amount)).scaleb(-exponent), "f")
    date = datetime.fromtimestamp(day, UTC).date().isoformat()
    _tree(
        entry,
        {
            "CdtDbtInd": "CRDT" if amount > 0 else "DBIT",
            "Sts": {"Cd": "BOOK"},
            "BookgDt": {"Dt": date},
            "ValDt": {"Dt": date},
            "AcctSvcrRef": f"{currency.upper()}{day}-{number}",
            "NtryDtls": {"TxDtls": {"Refs": {"EndToEndId": trace}, "RmtInf": {"Ustrd": text}}},
        },
    )


def _tree(parent: ET.Element, content: Obj) -> None:
    for name, value in content.items():
        child = ET.SubElement(parent, name)
        if isinstance(value, dict):
            _tree(child, value)
        else:
            child.text = value


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
