from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree as ET

SPACE = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}


def entries(sandbox):
    told = ET.fromstring(sandbox.control("bank_statement")["camt053"])  # noqa: S314 - our own
    return [
        (
            statement.findtext("c:Acct/c:Ccy", "", SPACE),
            entry.findtext("c:CdtDbtInd", "", SPACE),
            Decimal(entry.findtext("c:Amt", "", SPACE)),
            entry.findtext("c:NtryDtls/c:TxDtls/c:Refs/c:EndToEndId", "", SPACE),
        )
        for statement in told.iterfind(".//c:Stmt", SPACE)
        for entry in statement.iterfind("c:Ntry", SPACE)
    ]


def test_a_payout_that_arrived_is_a_credit_with_its_trace_id(shop, sdk, sandbox):
    shop.give()
    shop.advance(days=4)
    [payout] = sdk.v1.payouts.list().data
    assert entries(sandbox) == [("USD", "CRDT", Decimal("14.26"), payout.trace_id.value)]


def test_what_is_on_its_way_is_not_at_the_bank_yet(shop, sandbox):
    shop.give()
    assert entries(sandbox) == []


def test_a_payout_sent_back_after_it_arrived_is_a_credit_and_a_debit(shop, sandbox):
    shop.give()
    sandbox.control("payout_fail", {"code": "account_closed"})
    shop.advance(days=5)
    first, second = entries(sandbox)[:2]
    assert (first[1], second[1]) == ("CRDT", "DBIT")
    assert first[2] == second[2] == Decimal("14.26")


def test_the_dashboard_offers_the_file(shop, sandbox, http):
    shop.give()
    shop.advance(days=4)
    answer = http.get(f"{sandbox.base_url}/dashboard/bank-statement.xml")
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert "<Ustrd>STRIPE PAYOUT" in answer.text
