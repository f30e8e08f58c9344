import pytest

from donations.reconciliation.bank_files.delimited import read_sheet
from donations.reconciliation.bank_files.lines import Unreadable
from donations.reconciliation.bank_files.sheets import Columns, open_sheet


def read(content, columns=None):
    sheet = open_sheet(content)
    return read_sheet(sheet, columns or sheet.guess())


def test_a_german_sheet_below_a_preamble_in_the_old_encoding(statement_file, facts):
    lines = read(statement_file("german.csv"))
    assert facts(lines) == [
        ("", "2026-11-19", 482517, "eur"),
        ("", "2026-11-20", -108000, "eur"),
    ]
    assert lines[1].text == "Lastschrift Strom; November"


def test_an_english_sheet_with_money_in_and_out_and_two_currencies(statement_file, facts):
    assert facts(read(statement_file("english.csv"))) == [
        ("", "2026-11-19", 482517, "gbp"),
        ("", "2026-11-20", -120000, "gbp"),
        ("", "2026-11-20", 150000, "jpy"),
    ]


def test_a_russian_sheet_in_either_encoding(statement_file, facts):
    content = statement_file("russian.csv")
    expected = [("", "2026-11-19", 482517, "eur")]
    assert facts(read(content)) == expected
    assert facts(read(content.decode("utf-8-sig").encode("cp1251"))) == expected


def test_a_dutch_sheet_marks_money_out_in_a_column(statement_file, facts):
    assert facts(read(statement_file("dutch.csv"))) == [
        ("164300", "2026-11-19", 482517, "eur"),
        ("164300", "2026-11-20", -5500, "eur"),
    ]


def test_columns_nobody_knows_are_asked_for_and_then_read(statement_file, facts):
    content = statement_file("unknown.csv")
    with pytest.raises(Unreadable) as refusal:
        read(content)
    assert refusal.value.reason == "columns"
    assert open_sheet(content).headings == ("When", "What", "How much")
    chosen = Columns(date=0, amount=2, texts=(1,), currency="usd", account="12-345")
    assert facts(read(content, chosen)) == [
        ("12345", "2026-11-19", 482517, "usd"),
        ("12345", "2026-11-20", -1500, "usd"),
    ]


def one(date="2026-11-19", amount="10.00", currency="EUR"):
    return f'Date,Amount,Currency\n{date},"{amount}",{currency}\n'.encode()


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1,234.50", "EUR", 123450),
        ("1.234,50", "EUR", 123450),
        ("1 234,5", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
        ("1.234.567", "EUR", 123456700),
        ("1234", "EUR", 123400),
        ("1.234", "JPY", 1234),
        ("1.234", "KWD", 1234),
        ("12,50-", "EUR", -1250),
        ("(12.50)", "EUR", -1250),
        ("\u221212.50", "EUR", -1250),
        ("EUR 12.50", "EUR", 1250),
        ("-0.01", "EUR", -1),
        ("500", "ISK", 50000),
        ("999999999999.99", "EUR", 99999999999999),
    ],
)
def test_amounts_are_exact_however_they_are_written(amount, currency, minor):
    assert read(one(amount=amount, currency=currency))[0].amount.minor == minor


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": "1.234"}, "unclear_amount"),
        ({"amount": "12.345,678"}, "unclear_amount"),
        ({"amount": "ten"}, "no_amount"),
        ({"amount": "1.2.3,4,5"}, "no_amount"),
        ({"amount": ""}, "no_amount"),
        ({"date": "04/05/2026"}, "unclear_date"),
        ({"date": "31.02.2026"}, "no_date"),
        ({"date": "soon"}, "no_date"),
        ({"currency": "RUB"}, "unknown_currency"),
        ({"currency": ""}, "no_currency"),
    ],
)
def test_what_is_not_certain_is_refused_with_its_row(changes, reason):
    with pytest.raises(Unreadable) as refusal:
        read(one(**changes))
    assert refusal.value.reason == reason
    assert refusal.value.row in {2, None}


def test_what_one_row_leaves_open_the_others_tell(facts):
    content = b"Date,Amount,Currency\n04/05/2026,1.234,EUR\n04/25/2026,0.50,EUR\n"
    with pytest.raises(Unreadable):
        read(content)  # three decimals of a euro are none
    content = b'Date,Amount,Currency\n04/05/2026,"1,234",EUR\n04/25/2026,0.50,EUR\n'
    assert facts(read(content)) == [
        ("", "2026-04-05", 123400, "eur"),
        ("", "2026-04-25", 50, "eur"),
    ]


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"hello", b"%PDF-1.7\nbinary", b"a\nb\nc\n"])
def test_what_is_no_sheet_is_refused(content):
    with pytest.raises(Unreadable):
        read(content)
