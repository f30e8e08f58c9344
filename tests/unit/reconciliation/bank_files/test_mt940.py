import logging

import pytest

from donations.reconciliation.bank_files import mt940
from donations.reconciliation.bank_files.lines import Unreadable


def test_german_lines_keep_their_sign_day_and_text(statement_file, facts):
    lines = mt940.read(statement_file("german.sta"))
    assert facts(lines) == [
        ("567890", "2026-11-19", 482517, "eur"),
        ("567890", "2026-11-20", 25000, "eur"),
        ("567890", "2026-11-20", 25000, "eur"),
        ("567890", "2026-11-20", -1290, "eur"),
        ("567890", "2026-11-21", -25000, "eur"),
    ]
    assert "000012345678901" in lines[0].text
    assert "STRIPE PAYMENTS EUROPE" in lines[0].text


def test_the_statements_closing_words_do_not_hang_on_its_last_line(statement_file):
    assert "Kontostand" not in mt940.read(statement_file("german.sta"))[-1].text


def test_the_swift_envelope_a_turn_of_the_year_and_a_currency_without_decimals(
    statement_file, facts
):
    lines = mt940.read(statement_file("french-year.sta"))
    assert facts(lines) == [("890143", "2027-01-01", 150000, "jpy")]
    assert "po_1JapanPayoutOfTheYear" in lines[0].text


def test_a_line_the_library_would_drop_has_the_file_refused(statement_file):
    content = statement_file("german.sta").replace(
        b"CR4825,17NTRFNONREF//2611191123456789", b"CR4825,17"
    )
    with pytest.raises(Unreadable) as refusal:
        mt940.read(content)
    assert refusal.value.reason == "incomplete"


def test_a_damaged_file_is_refused_and_nothing_of_it_is_logged(statement_file, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(Unreadable) as refusal:
        mt940.read(
            statement_file("german.sta").replace(b":61:2611201120CR250,00", b":61:Anna Muster", 1)
        )
    assert refusal.value.reason == "damaged"
    assert "Anna" not in caplog.text + str(refusal.value)


def test_a_file_is_never_taken_for_the_name_of_another(statement_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_bytes(statement_file("german.sta"))
    assert mt940.read(b"x") == []
