from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from donations.giving.fund_models import Fund
from donations.kernel.money import Money
from donations.ledger.books import balances
from donations.ledger.codes import Code
from donations.reports.journal_formats import quickbooks, xero
from donations.reports.journal_formats.entries import JournalEntry, JournalLine, days, entries
from donations.reports.journal_formats.formats import FORMATS, Detail, Wish, export
from donations.reports.journal_formats.parts import Part, archive, csv_parts


def files_of(session, question, name, **wish):
    found = export(session, question, name, Wish(**wish))
    data = b"".join(found.write(session))
    if not found.file_name.endswith(".zip"):
        return {found.file_name: rows_of(data)}
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        return {each: rows_of(packed.read(each)) for each in packed.namelist()}


def rows_of(data):
    return [*csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))]


def net(session):
    """Our balances by currency and account, in major units, without what is nothing."""
    return {key: Money(minor, key[1]).decimal for key, minor in balances(session).items() if minor}


@pytest.mark.parametrize("detail", Detail)
def test_xero_s_journals_balance_and_come_in_files_of_300_lines_of_one_currency(
    life, session, ask, detail
):
    session.add(Fund(code="courts", name='=The "courts"', restricted=True, opened_on=date.min))
    session.flush()
    found = files_of(session, ask(), "xero", detail=detail, tax_rate="No VAT")
    assert len(found) > 1
    sums = defaultdict(Decimal)
    for name, rows in found.items():
        assert tuple(rows[0]) == xero.HEADER
        assert len(rows) <= xero.MOST_LINES
        journals = defaultdict(Decimal)
        for row in rows:
            journals[row["*Narration"], row["*Date"]] += Decimal(row["*Amount"])
            sums[name.split("-")[-2], row["*AccountCode"]] += Decimal(row["*Amount"])
            assert row["*TaxRate"] == "No VAT"
            assert datetime.strptime(row["*Date"], "%d/%m/%Y").year == 2026
            if row["TrackingOption1"].endswith('"courts"'):
                assert row["TrackingOption1"] == '\'=The "courts"'
        assert not any(journals.values())
    stripe = {key[1]: total for key, total in net(session).items() if key[0] == "stripe_balance"}
    assert {cur: sums[cur, "1200"] for cur in stripe} == stripe


@pytest.mark.parametrize("detail", Detail)
def test_quickbooks_journals_balance_in_one_currency_and_files_of_1000_rows(
    life, session, ask, detail
):
    found = files_of(session, ask(), "quickbooks", detail=detail)
    sums = defaultdict(Decimal)
    numbers = []
    for rows in found.values():
        assert tuple(rows[0]) == quickbooks.HEADER
        assert len(rows) <= quickbooks.MOST_ROWS
        journals, currencies = defaultdict(Decimal), defaultdict(set)
        for row in rows:
            assert (row["Debits"] == "") != (row["Credits"] == "")
            assert not (row["Debits"] + row["Credits"]).startswith("-")
            amount = Decimal(row["Debits"] or 0) - Decimal(row["Credits"] or 0)
            number = row["JournalNo"]
            journals[number] += amount
            currencies[number].add(row["Currency"])
            sums[row["AccountName"]] += amount
            assert len(number) <= 21
            assert datetime.strptime(row["JournalDate"], "%m/%d/%Y").year == 2026
        assert not any(journals.values())
        assert all(len(known) == 1 for known in currencies.values())
        numbers += journals
    assert len(numbers) == len(set(numbers))
    ours = net(session)
    assert sums["Stripe balance JPY"] == ours["stripe_balance", "jpy"]
    assert sums["Bank EUR"] == ours["bank", "eur"]


def test_generic_csv_holds_every_line_with_its_code_and_source(life, session, ask):
    (rows,) = files_of(session, ask(), "csv").values()
    journal = [*entries(session, ask())]
    assert len(rows) == sum(len(entry.lines) for entry in journal)
    assert [row["entry"] for row in rows] == [
        str(entry.number) for entry in journal for _ in entry.lines
    ]
    sums = defaultdict(Decimal)
    for row in rows:
        sums[row["currency"]] += Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
        assert row["tax_code"] == ""
        assert row["batch"] == row["date"][:7]
    assert not any(sums.values())


def test_days_sum_to_what_the_entries_sum_to(life, session, ask):
    def sums(journal):
        found = defaultdict(int)
        for entry in journal:
            for line in entry.lines:
                key = (line.account, line.fund, line.kind, line.code, line.amount.currency)
                found[entry.posted_on, *key] += line.amount.minor
        return {key: minor for key, minor in found.items() if minor}

    by_day = [*days(session, ask())]
    assert sums(by_day) == sums(entries(session, ask()))
    names = [entry.name for entry in by_day]
    assert names == sorted(set(names))
    for entry in by_day:
        assert len({line.amount.currency for line in entry.lines}) == 1
        assert sum(line.amount.minor for line in entry.lines) == 0


def test_only_the_currency_of_a_question_narrows_an_export(life, session, ask):
    whole = files_of(session, ask(currency="usd"), "csv")
    asked = ask(currency="usd", fund="courts", subject="income", kind="gift")
    assert files_of(session, asked, "csv") == whole
    assert {row["currency"] for rows in whole.values() for row in rows} == {"USD"}


@pytest.mark.parametrize("name", FORMATS)
def test_a_month_in_which_nothing_was_booked_is_a_file_all_the_same(session, ask, name):
    found = export(session, ask(), name, Wish())
    data = b"".join(found.write(session))
    assert not found.file_name.endswith(".zip")
    assert data


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_question_has_the_same_bytes(life, session, ask, name):
    def data():
        return b"".join(export(session, ask(), name, Wish()).write(session))

    assert data() == data()


def test_a_journal_is_never_cut_in_two():
    journals = [[(number,)] * 3 for number in range(5)]
    parts = [*csv_parts("x", ("n",), journals, 7)]
    assert [part.name for part in parts] == ["x-001.csv", "x-002.csv", "x-003.csv"]
    assert [len(part.text.splitlines()) - 1 for part in parts] == [6, 6, 3]


def test_a_journal_longer_than_a_file_may_be_stands_alone():
    parts = [*csv_parts("x", ("n",), [[(1,)], [(2,)] * 9, [(3,)]], 7)]
    assert [len(part.text.splitlines()) - 1 for part in parts] == [1, 9, 1]


def test_an_archive_is_written_as_its_parts_are_read():
    read = []

    def parts():
        for name in "ab":
            read.append(name)
            yield Part(name, name * 9000)

    pieces = archive(parts(), date(2026, 10, 31))
    first = next(pieces)
    assert first and read == ["a"]
    with zipfile.ZipFile(io.BytesIO(b"".join([first, *pieces]))) as packed:
        assert packed.namelist() == ["a", "b"]
        assert packed.read("b") == b"b" * 9000


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", 'a "b"', "a\n=b"])
def test_no_text_is_a_formula_or_a_line_of_its_own(ask, text):
    line = JournalLine("income", Money(100, "usd"), "f", "gift", Code("4000", text))
    back = replace(line, amount=Money(-100, "usd"))
    entry = JournalEntry(date(2026, 10, 1), text, text, (line, back), number=7)
    parts = [
        *xero.xero(ask(), ["usd"], lambda _: [entry], {"f": text}, text),
        *quickbooks.quickbooks(ask(), [entry], {"f": text}),
    ]
    for part in parts:
        rows = [*csv.reader(io.StringIO(part.text, newline=""))][1:]
        assert len(rows) == 2
        for cell in (each for row in rows for each in row):
            assert not cell.startswith(("=", "+", "@"))
            assert not cell.startswith("-") or Decimal(cell)
            assert "\n" not in cell
