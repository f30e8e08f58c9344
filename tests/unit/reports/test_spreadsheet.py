import csv
import io
from decimal import Decimal

import pytest

from donations.reports.spreadsheet import cell_text, spreadsheet


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "  ="])
def test_no_cell_becomes_a_formula(begin):
    assert cell_text(f"{begin}cmd|' /C calc'!A0").startswith("'")


def test_numbers_stay_numbers():
    assert cell_text(Decimal("-1.75")) == "-1.75"
    assert cell_text(1001) == "1001"
    assert cell_text(None) == ""


def test_a_file_reads_back_as_it_was_written():
    pieces = "".join(spreadsheet(("a", "b"), [('x"y', "z,\n")]))
    assert pieces.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(pieces.lstrip("\ufeff"), newline="")))
    assert rows == [["a", "b"], ['x"y', "z,\n"]]
