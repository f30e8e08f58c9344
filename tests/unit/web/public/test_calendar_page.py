import pytest
from sqlalchemy import select

from donations.reminders.models import Reminder


def test_the_form_leads_to_the_entry_of_the_time_chosen_and_carries_no_address(client):
    typed = {"when": "2027-03", "email": "later@reader.example", "day": ""}
    answer = client.post("/remind-me/calendar", data=typed)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/remind-me/calendar?when=2027-03"
    page = client.get(answer.headers["Location"])
    assert "/remind-me/calendar.ics?when=2027-03" in page.text
    assert "later@reader.example" not in page.text


def test_the_file_is_neutral_and_nothing_is_kept(client, session):
    answer = client.get("/remind-me/calendar.ics?when=2027-03")
    assert answer.mimetype == "text/calendar"
    assert 'filename="reminder.ics"' in answer.headers["Content-Disposition"]
    assert "DTSTART;VALUE=DATE:20270301" in answer.text
    assert "http://localhost/support" in answer.text
    assert "Moscow" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert session.scalars(select(Reminder)).all() == []
    assert client.get("/remind-me/calendar.ics?when=2027-03").data == answer.data


def test_a_day_and_a_rhythm_are_taken_too(client):
    assert "20270314" in client.get("/remind-me/calendar.ics?when=on&day=2027-03-14").text
    assert (
        "RRULE:FREQ=MONTHLY;INTERVAL=3" in client.get("/remind-me/calendar.ics?when=every-3").text
    )


def test_calendars_on_the_web_are_links_and_no_request_of_ours(client):
    page = client.get("/remind-me/calendar?when=2027-03").text
    assert 'href="https://calendar.google.com/calendar/render?action=TEMPLATE' in page
    assert 'rel="noopener noreferrer"' in page
    assert 'src="https:' not in page
    assert "Outlook" not in client.get("/remind-me/calendar?when=every-3").text


@pytest.mark.parametrize("query", ["when=2020-01", "when=on", "when=on&day=2020-01-01"])
def test_a_time_that_cannot_be_is_explained_and_makes_no_file(client, query):
    page = client.get(f"/remind-me/calendar?{query}")
    assert page.status_code == 422
    assert 'class="summary"' in page.text
    assert client.get(f"/remind-me/calendar.ics?{query}").status_code == 303


def test_the_page_without_a_time_lets_one_be_chosen(client):
    page = client.get("/remind-me/calendar")
    assert page.status_code == 200
    assert 'name="email"' not in page.text
