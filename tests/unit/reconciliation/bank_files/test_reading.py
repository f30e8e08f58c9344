import pytest

from donations.reconciliation.bank_files import reading
from donations.reconciliation.bank_files.lines import Unreadable


@pytest.mark.parametrize(
    ("name", "format_", "lines"),
    [
        ("german.sta", "MT940", 5),
        ("french-year.sta", "MT940", 1),
        ("sepa.xml", "CAMT.053", 4),
        ("swiss.xml", "CAMT.053", 2),
        ("american.ofx", "OFX", 2),
        ("modern.ofx", "OFX", 2),
        ("german.csv", "CSV", 2),
        ("english.csv", "CSV", 3),
    ],
)
def test_the_format_is_told_by_the_content(statement_file, name, format_, lines):
    statement = reading.read_statement(statement_file(name))
    assert statement.format == format_
    assert len(statement.lines) == lines


def test_an_empty_or_huge_file_is_refused(monkeypatch):
    with pytest.raises(Unreadable, match="empty"):
        reading.read_statement(b" \n")
    with pytest.raises(Unreadable, match="empty"):
        reading.read_statement(b"Date,Amount,Currency\n")
    monkeypatch.setattr(reading, "LARGEST_FILE", 10)
    with pytest.raises(Unreadable, match="too_large"):
        reading.read_statement(b"x" * 11)
