import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from donations.reminders.models import Reminder
from donations.vault.sealed import new_data_key
from donations.web.house import EXTENSION

MARCH = date(2027, 3, 1)
LATER = datetime(2027, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def promise(app, session, master, clock):
    """Sets reminders for March as they stand a month later."""
    numbers = iter(range(10_000))

    def make(count, *, gave=0, held_back=False, placement="article", language="en"):
        due = datetime(2027, 3, 15 if held_back else 1, 8, tzinfo=UTC)
        for each in range(count):
            number = next(numbers)
            key, _ = new_data_key(session, master, clock.now())
            gave_at = datetime(2027, 3, 2, 12, tzinfo=UTC) if each < gave else None
            session.add(
                Reminder(
                    public_id=f"r{number}",
                    data_key_id=key.id,
                    email_sealed=b"",
                    email_index=number.to_bytes(32),
                    month=MARCH,
                    due_on=MARCH,
                    drawn=True,
                    held_back=held_back,
                    language=language,
                    placement=placement,
                    state="given" if gave_at and held_back else "sent",
                    sent=0 if gave_at and held_back else 1,
                    created_at=clock.now(),
                    sent_at=due,
                    last_sent_at=due,
                    opened_at=gave_at,
                    gave_at=gave_at,
                )
            )
        session.commit()
        clock.at = LATER

    return make


def test_an_empty_page_says_what_will_be_there(sign_in):
    page = sign_in("editor").get("/office/reminders")
    assert page.status_code == 200
    assert 'class="empty"' in page.text


@pytest.mark.parametrize(("role", "status"), [("editor", 200), ("admin", 200), ("finance", 403)])
def test_reminders_are_the_editors(sign_in, role, status):
    staff = sign_in(role)
    for path in ("/office/reminders", "/office/reminders.csv"):
        assert staff.get(path).status_code == status
    if status == 200:
        assert 'href="/office/reminders"' in staff.get("/office/newsletters").text


def test_a_clear_difference_is_said_with_its_bounds_and_drawn(promise, sign_in):
    promise(200, gave=60)
    promise(100, gave=5, held_back=True)
    page = sign_in("editor").get("/office/reminders").text
    assert re.search(r"The letter brings gifts: \d[\d.]* to \d[\d.]* more of a hundred", page)
    assert "<svg" in page
    assert "60 of 200" in page
    assert "5 of 100" in page


def test_few_are_said_to_be_few(promise, sign_in):
    promise(100, gave=50)
    promise(5, held_back=True)
    page = sign_in("editor").get("/office/reminders").text
    assert "Too few to tell" in page
    assert "too few to tell" in page
    assert "brings gifts" not in page


def test_chance_is_called_chance(promise, sign_in):
    promise(100, gave=10)
    promise(100, gave=9, held_back=True)
    assert "could not be chance" in sign_in("editor").get("/office/reminders").text


def test_a_letter_that_does_harm_is_not_glossed_over(promise, sign_in):
    promise(100, gave=1)
    promise(100, gave=40, held_back=True)
    assert (
        "fewer of a hundred gave. Look at the letter."
        in sign_in("editor").get("/office/reminders").text
    )


def test_without_a_holdout_the_page_says_that_nothing_can_be_compared(app, promise, sign_in):
    house = app.extensions[EXTENSION]
    newsroom = house.newsroom.model_copy(update={"reminder_holdout": 0})
    app.extensions[EXTENSION] = replace(house, newsroom=newsroom)
    promise(3)
    page = sign_in("editor").get("/office/reminders").text
    assert "nothing can be compared" in page
    assert "<svg viewBox" not in page


def test_the_months_and_the_grouping_are_asked_for_in_the_address(promise, sign_in):
    promise(2, placement="thanks")
    promise(1, language="ru")
    staff = sign_in("editor")
    assert "The thank-you page" in staff.get("/office/reminders").text
    assert "Russian" in staff.get("/office/reminders?by=language").text
    assert 'class="empty"' in staff.get("/office/reminders?from=2027-04&to=2027-05").text
    for query in ("by=email", "from=2027-13"):
        assert staff.get(f"/office/reminders?{query}").status_code == 400


def test_promises_ahead_are_shown_without_asking(promise, sign_in, clock):
    at = clock.at
    promise(1)
    clock.at = at - timedelta(days=90)
    assert 'class="empty"' not in sign_in("editor").get("/office/reminders").text


def test_the_file_holds_the_whole_and_every_grouping_and_nobody(promise, sign_in):
    promise(40, gave=20)
    promise(40, gave=2, held_back=True, placement="thanks")
    answer = sign_in("editor").get("/office/reminders.csv")
    assert "reminders-2027-04-01" in answer.headers["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    whole = lines[0]
    assert (whole["grouping"], whole["set"], whole["held_back_gave"]) == ("all", "80", "2")
    assert float(whole["difference_low"]) > 0
    assert {line["grouping"] for line in lines} == {
        *("all", "placement", "stage", "language", "campaign")
    }
