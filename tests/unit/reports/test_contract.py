"""What every report promises, whatever it is about."""

from __future__ import annotations

import csv
import io
import random
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from tests_support.asking import differences, question, tables
from tests_support.booked_life import _Life, live

from donations.kernel.money import Money
from donations.ledger.books import last_number
from donations.reports.catalogue import REPORTS, report_named
from donations.reports.files import Source, csv_pieces, plain_cell, workbook
from donations.reports.spreadsheet import cell_text
from donations.reports.table import Shape
from donations.web.office.code_words import ALL

ALIKE = pytest.mark.parametrize("definition", REPORTS, ids=lambda definition: definition.name)
TIED = ("stripe-balance", "refunds-and-disputes", "fees", "exchange")
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
SPANS = (
    ("2026-10", "2026-10", 1),  # summer time ends in Amsterdam
    ("2027-03", "2027-03", 1),  # and begins
    ("2028-02", "2028-02", 1),  # 29 days
    ("2026-03", "2026-04", 4),  # over the turn of a fiscal year
    ("2026-06", "2026-09", 7),
    ("2026-01", "2028-12", 1),
)


@pytest.fixture
def lived(session):
    live(session, random.Random(7))
    return session


def rows_of(definition, session, asked):
    report = definition.build(session, asked)
    return {section.name: [row.cells for row in section.rows] for section in report.sections}


FITS = {
    Shape.MONEY: lambda cell: isinstance(cell, Money),
    Shape.DIFFERENCE: lambda cell: isinstance(cell, Money),
    Shape.COUNT: lambda cell: type(cell) is int,
    Shape.DAY: lambda cell: type(cell) is date,
    Shape.MOMENT: lambda cell: isinstance(cell, datetime) and cell.tzinfo is not None,
    Shape.MONTH: lambda cell: MONTH.fullmatch(cell) is not None,
    Shape.RATE: lambda cell: isinstance(cell, Decimal),
    Shape.PERCENT: lambda cell: isinstance(cell, Decimal),
}


def fits(shape, cell):
    """Texts and words may be translated later; nothing else may stand in their place."""
    if shape in FITS:
        return FITS[shape](cell)
    return not isinstance(cell, (int, Decimal, Money, date))


def test_reports_have_names_and_numbers_of_their_own():
    names = [definition.name for definition in REPORTS]
    assert len(names) == len(set(names))
    numbers = [definition.number for definition in REPORTS]
    assert numbers == sorted(set(numbers))


@ALIKE
def test_empty_books_give_an_empty_report_and_no_error(session, definition):
    assert sum(map(len, rows_of(definition, session, question(session)).values())) == 0


@ALIKE
def test_columns_have_keys_of_their_own_and_cells_of_their_shape(lived, definition):
    report = definition.build(lived, question(lived, "2026-08", "2026-10"))
    assert len({section.name for section in report.sections}) == len(report.sections)
    for section in report.sections:
        keys = [column.key for column in section.columns]
        assert len(keys) == len(set(keys))
        words = {column.words for column in section.columns if column.shape == Shape.WORD}
        assert words <= set(ALL)
        for row in section.rows:
            assert set(row.links) <= set(keys)
            for column, cell in zip(section.columns, row.cells, strict=True):
                headed = row.strong and column.shape in (Shape.MONTH, Shape.DAY)
                shape = Shape.TEXT if headed and not isinstance(cell, date) else column.shape
                assert cell is None or fits(shape, cell), (section.name, column.key, cell)


@ALIKE
def test_a_link_to_another_report_leads_somewhere(lived, definition):
    report = definition.build(lived, question(lived, "2026-08", "2026-10"))
    for section in report.sections:
        for row in section.rows:
            for link in row.links.values():
                if link.to == "report":
                    assert report_named(link.arguments["name"])


@ALIKE
def test_the_rows_asked_for_are_those_of_the_csv_and_the_workbook(lived, definition):
    asked = question(lived, "2026-08", "2026-10")
    said = rows_of(definition, lived, asked)
    source = Source(definition, asked, "Newsroom")
    book = load_workbook(io.BytesIO(workbook(definition.build(lived, asked), source)))
    for section in definition.build(lived, asked).sections:
        text = "".join(csv_pieces(section, None)).lstrip("\ufeff")
        header, *lines = csv.reader(io.StringIO(text, newline=""))
        assert header == [column.key for column in section.columns]
        told = [[cell_text(plain_cell(cell)) for cell in cells] for cells in said[section.name]]
        assert lines == told
        _, *sheet = book[section.name[:31]].values
        assert [list(line) for line in sheet] == [
            [_in_workbook(cell) for cell in cells] for cells in said[section.name]
        ]


def _in_workbook(cell):
    match cell:
        case Money():
            return float(cell.decimal)
        case Decimal():
            return float(cell)
        case datetime():
            return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return datetime(cell.year, cell.month, cell.day)
        case int() | None:
            return cell
    return str(cell)


@ALIKE
def test_asked_again_as_of_the_same_entry_it_says_the_same(lived, definition):
    asked = question(lived, "2026-08", "2026-11")
    before = rows_of(definition, lived, asked)
    later = _Life(lived, random.Random(8), "later")
    while last_number(lived) < asked.as_of + 50:
        later.something(datetime(2026, 10, 20, 22, 30, tzinfo=UTC))
    assert rows_of(definition, lived, asked) == before


@ALIKE
def test_any_span_of_months_can_be_asked(lived, definition):
    for first, last, fiscal_year in SPANS:
        asked = question(lived, first, last, fiscal_year_start=fiscal_year)
        rows_of(definition, lived, asked)


@ALIKE
@pytest.mark.parametrize("currency", ["jpy", "kwd"])
def test_asked_for_one_currency_it_tells_of_no_other(lived, definition, currency):
    if "currency" not in definition.filters:
        pytest.skip("is not narrowed by currency")
    asked = question(lived, "2026-08", "2026-10", currency=currency)
    told = rows_of(definition, lived, asked).values()
    cells = (cell for rows in told for row in rows for cell in row)
    assert {cell.currency for cell in cells if isinstance(cell, Money)} <= {currency}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_was_booked_the_reports_tie_to_the_books(session, seed):
    live(session, random.Random(seed), days=60)
    for name in TIED:
        for first, last in (("2026-08", "2026-12"), ("2026-09", "2026-09")):
            told = differences(tables(report_named(name), session, question(session, first, last)))
            assert told
            assert not any(told), name
