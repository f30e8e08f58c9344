import pytest
from sqlalchemy import select

from donations.reminders.models import Reminder

GOOD = {"month": "2027-01", "email": "later@reader.example", "placement": "article"}


def rows(session):
    session.rollback()
    return session.scalars(select(Reminder)).all()


def test_a_reminder_is_set_from_the_appeal(client, session):
    page = client.post("/remind-me", data=GOOD)
    assert page.status_code == 200
    assert "one e-mail at the beginning of January" in page.text
    assert rows(session)[0].placement == "article"


def test_the_promise_is_made_in_russian_too(client):
    page = client.post("/ru/remind-me", data=GOOD)
    assert "в начале января" in page.text


def test_the_button_names_the_month(client):
    assert "Remind me in January" in client.get("/").text
    assert "Напомнить в\u00a0январе" in client.get("/ru/").text


@pytest.mark.parametrize(
    "email",
    [
        "",
        "nobody",
        "a@b",
        "a b@example.org",
        "a@example.org\r\nBcc: victim@example.org",
        "x" * 300 + "@example.org",
        "почта@example.org",
        "a@@example.org",
        '"><script>@example.org',
    ],
)
def test_an_address_that_cannot_be_is_explained_at_its_field_and_kept(client, session, email):
    page = client.post("/remind-me", data={**GOOD, "email": email})
    assert page.status_code == 422
    assert 'id="reminder-email-error"' in page.text
    assert "<script>@" not in page.text
    assert rows(session) == []


@pytest.mark.parametrize("month", ["", "2026-11", "2027-13", "2099-01", "x"])
def test_a_month_that_is_not_offered_is_explained(client, session, month):
    page = client.post("/remind-me", data={**GOOD, "month": month})
    assert page.status_code == 422
    assert "Choose one of the months." in page.text
    assert 'value="later@reader.example"' in page.text
    assert rows(session) == []


def test_a_form_of_another_site_sets_nothing(client, session):
    answer = client.post("/remind-me", data=GOOD, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert rows(session) == []
