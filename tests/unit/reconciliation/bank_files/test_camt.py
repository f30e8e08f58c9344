import pytest

from donations.reconciliation.bank_files import camt
from donations.reconciliation.bank_files.lines import Unreadable


def test_booked_entries_become_lines_in_the_accounts_currency(statement_file, facts):
    lines = camt.read(statement_file("sepa.xml"))
    assert facts(lines) == [
        ("164300", "2026-11-19", 482517, "eur"),
        ("164300", "2026-11-20", 5000, "eur"),
        ("164300", "2026-11-20", 2500, "eur"),
        ("164300", "2026-11-20", -3000, "eur"),
    ]
    assert (
        lines[0].text
        == "STRIPE TECHNOLOGY EUROPE STRIPE 000012345678901 NEWSROOM STRIPE 000012345678901"
    )
    assert lines[3].text == "Fee one Fee two"


def test_details_that_do_not_sum_to_their_entry_stay_one_line(statement_file, facts):
    content = statement_file("sepa.xml").replace(b'<Amt Ccy="EUR">25.00', b'<Amt Ccy="EUR">24.00')
    assert facts(camt.read(content))[1:3] == [
        ("164300", "2026-11-20", 7500, "eur"),
        ("164300", "2026-11-20", -3000, "eur"),
    ]


def test_version_eight_with_a_prefix_and_two_accounts_is_read_by_the_banks_own_day(
    statement_file, facts
):
    assert facts(camt.read(statement_file("swiss.xml"))) == [
        ("123456", "2026-11-20", 120050, "chf"),
        ("777777", "2026-11-20", -150000, "jpy"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            b"<Document",
            b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document',
            "unsafe",
        ),
        (b"</Document>", b"", "damaged"),
        (b">4825.17<", b">48.25.17<", "no_amount"),
        (b">4825.17<", b">4825.175<", "unclear_amount"),
        (b">4825.17<", b">NaN<", "no_amount"),
        (b'<Amt Ccy="EUR">4825.17', b'<Amt Ccy="XXX">4825.17', "unknown_currency"),
        (b"<CdtDbtInd>CRDT</CdtDbtInd><Sts>", b"<Sts>", "damaged"),
        (
            b"<BookgDt><Dt>2026-11-19</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt>",
            b"",
            "no_date",
        ),
    ],
)
def test_a_file_that_cannot_be_read_exactly_is_refused(statement_file, old, new, reason):
    content = statement_file("sepa.xml")
    assert old in content
    with pytest.raises(Unreadable) as refusal:
        camt.read(content.replace(old, new, 1))
    assert refusal.value.reason == reason


def test_a_file_of_something_else_in_xml_is_not_recognised():
    assert not camt.recognises(b"<html><body>camt</body></html>")
