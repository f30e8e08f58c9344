import csv
import io

import pytest

from donations.kernel.errors import GivenUp
from donations.newsletters.audiences.csv_file import HEADER, CsvFile


def rows(pages):
    return list(csv.reader(io.StringIO(pages.getvalue())))


def test_each_reader_is_a_line(reader_of):
    pages = io.StringIO()
    CsvFile(pages, frozenset({"weekly"})).put(reader_of(), None)
    assert rows(pages) == [
        list(HEADER),
        [
            "Reader@Mail.example",
            "weekly",
            "ru",
            "2026-11-24T12:00:00Z",
            "https://donate.example/newsletter/preferences/x",
        ],
    ]


@pytest.mark.parametrize("begin", ["=", "+", "-"])
def test_no_address_is_run_as_a_formula(reader_of, begin):
    pages = io.StringIO()
    CsvFile(pages, frozenset()).put(reader_of(email=f"{begin}cmd|x!a0@mail.example"), None)
    assert rows(pages)[1][0].startswith(f"'{begin}")


def test_nobody_is_taken_out_of_a_file(place_of):
    file = CsvFile(io.StringIO(), frozenset())
    with pytest.raises(GivenUp):
        file.take_out(place_of())
    assert list(file.left("weekly", None)) == []
