import pytest

from donations.reconciliation.bank_files import ofx
from donations.reconciliation.bank_files.lines import Unreadable


def test_the_first_ofx_keeps_the_banks_own_day_and_names_of_any_length(statement_file, facts):
    lines = ofx.read(statement_file("american.ofx"))
    assert facts(lines) == [
        ("456789", "2026-11-19", 482517, "usd"),
        ("456789", "2026-11-20", -1500, "usd"),
    ]
    assert "AT&T 000012345678901" in lines[0].text
    assert "AND ITS READERS" in lines[0].text


def test_the_second_ofx_in_one_row_keeps_every_line_and_its_own_currency(statement_file, facts):
    lines = ofx.read(statement_file("modern.ofx"))
    assert facts(lines) == [
        ("678901", "2026-11-19", 482517, "eur"),
        ("678901", "2026-11-20", 150000, "jpy"),
    ]
    assert lines[0].text == "Stripe <Payments> 000012345678901 F1"


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("american.ofx", b"<TRNAMT>4825.17", b"<TRNAMT>1e9", "no_amount"),
        ("american.ofx", b"<DTPOSTED>20261119230000", b"<DTPOSTED>2026", "no_date"),
        ("american.ofx", b"<CURDEF>USD", b"", "no_currency"),
        ("american.ofx", b"OFXHEADER:100", b"OFXHEADER:9", "damaged"),
        ("modern.ofx", b"<OFX>", b'<!DOCTYPE x [<!ENTITY e "e">]><OFX>', "unsafe"),
        ("modern.ofx", b"<STMTTRN><TRNTYPE>", b"tail<STMTTRN><TRNTYPE>", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_exactly_is_refused(statement_file, name, old, new, reason):
    content = statement_file(name)
    assert old in content
    with pytest.raises(Unreadable) as refusal:
        ofx.read(content.replace(old, new, 1))
    assert refusal.value.reason == reason
