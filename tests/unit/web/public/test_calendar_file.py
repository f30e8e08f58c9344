from datetime import UTC, date, datetime

import pytest

from donations.web.public.calendar_file import Entry, calendar_file

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://news.example/support"


def unfolded(body):
    return body.decode().replace("\r\n ", "").split("\r\n")


def test_every_line_ends_as_rfc_5545_wants_and_none_is_too_long():
    title = "Напоминание, " * 12
    body = calendar_file(Entry(date(2027, 3, 1), title, URL), made_at=NOW)
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    for line in body.split(b"\r\n"):
        line.decode()  # no character is broken in two
    escaped = title.replace(",", "\\,")
    assert f"SUMMARY:{escaped}" in unfolded(body)


def test_the_entry_is_a_whole_day_with_our_clocks_stamp():
    lines = unfolded(calendar_file(Entry(date(2027, 12, 31), "Reminder", URL), made_at=NOW))
    assert "DTSTAMP:20261124T120000Z" in lines
    assert "DTSTART;VALUE=DATE:20271231" in lines
    assert "DTEND;VALUE=DATE:20280101" in lines
    assert f"URL:{URL}" in lines
    assert not [line for line in lines if line.startswith("RRULE")]


def test_the_same_entry_has_the_same_name_and_another_has_another():
    entry = Entry(date(2027, 3, 1), "Reminder", URL)
    assert entry.uid == Entry(date(2027, 3, 1), "Erinnerung", URL).uid
    assert entry.uid != Entry(date(2027, 4, 1), "Reminder", URL).uid
    assert entry.uid != Entry(date(2027, 3, 1), "Reminder", URL, 3).uid


@pytest.mark.parametrize(
    ("day", "every", "rule"),
    [
        (date(2027, 2, 24), 3, "FREQ=MONTHLY;INTERVAL=3"),
        (
            date(2027, 1, 31),
            1,
            "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        ),
    ],
)
def test_a_rhythm_comes_back_on_its_day_or_the_months_last(day, every, rule):
    lines = unfolded(calendar_file(Entry(day, "Reminder", URL, every), made_at=NOW))
    assert f"RRULE:{rule}" in lines


def test_text_is_escaped():
    lines = unfolded(calendar_file(Entry(date(2027, 3, 1), "a;b,c\\d\r\ne", URL), made_at=NOW))
    assert "SUMMARY:a\\;b\\,c\\\\d\\ne" in lines
