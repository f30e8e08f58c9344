import tracemalloc

import pytest

from donations.adoption.sheets import Sheet
from donations.kernel.errors import FieldRefused


def written(tmp_path, content):
    path = tmp_path / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_first_line_tells_the_sign(tmp_path, sign):
    sheet = Sheet.open(written(tmp_path, f"a{sign}b\n1{sign}2\n"))
    assert (sheet.heads, list(sheet.rows())) == (("a", "b"), [(2, ["1", "2"])])


def test_lines_are_numbered_as_an_editor_does_also_behind_one_that_goes_over_several(tmp_path):
    sheet = Sheet.open(written(tmp_path, 'a,b\n"x\ny",1\n\nz,2\n'))
    assert list(sheet.rows()) == [(2, ["x\ny", "1"]), (5, ["z", "2"])]
    assert list(sheet.rows(after=2)) == [(5, ["z", "2"])]


def test_fields_missing_at_the_end_are_empty_and_more_than_headings_are_refused(tmp_path):
    sheet = Sheet.open(written(tmp_path, "a,b\nx\nx,y,,\nx,y,z\n"))
    assert [row for _, row in sheet.rows()] == [["x", ""], ["x", "y"], None]


def test_what_is_not_utf_8_is_windows_1252(tmp_path):
    sheet = Sheet.open(written(tmp_path, "näme\nZoë – “x”\n".encode("cp1252")))
    assert (sheet.encoding, sheet.heads) == ("cp1252", ("näme",))
    assert [row for _, row in sheet.rows()] == [["Zoë – “x”"]]


def test_letters_no_encoding_has_are_one_wrong_line(tmp_path):
    sheet = Sheet.open(written(tmp_path, b"a\nx\nz\x81\ny\n"))
    assert [row for _, row in sheet.rows()] == [["x"], None, ["y"]]


def test_the_same_bytes_are_the_same_file(tmp_path):
    first = Sheet.open(written(tmp_path, "a\nx\n"))
    assert first.sha256 == Sheet.open(written(tmp_path, "a\nx\n")).sha256
    assert first.sha256 != Sheet.open(written(tmp_path, "a\ny\n")).sha256


@pytest.mark.parametrize("content", ["", "\n", ",,\n1,2,3\n"])
def test_a_file_without_headings_is_refused(tmp_path, content):
    with pytest.raises(FieldRefused, match="empty"):
        Sheet.open(written(tmp_path, content))


def test_a_large_file_takes_no_more_memory_than_a_small_one(tmp_path):
    peaks = []
    for lines in (1_000, 40_000):
        sheet = Sheet.open(written(tmp_path, "a,b\n" + "some words,more words\n" * lines))
        tracemalloc.start()
        assert sum(1 for _ in sheet.rows()) == lines
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
