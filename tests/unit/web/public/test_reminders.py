import re
from datetime import date

import pytest
from sqlalchemy import select

from donations.reminders.models import Reminder
from donations.web.public.quiet import COOKIE

GOOD = {"when": "2027-01", "email": "later@reader.example", "placement": "article"}


def rows(session):
    session.rollback()
    return session.scalars(select(Reminder)).all()


def field(page, name):
    """The element of that name, as written."""
    return re.search(rf'<(?:input|select)[^>]* name="{name}"[^>]*>', page)[0]


def test_a_reminder_is_set_from_the_appeal_and_promised_as_it_will_be_kept(client, session):
    page = client.post("/remind-me", data=GOOD)
    assert page.status_code == 200
    assert "One e-mail in January, then never again." in page.text
    [reminder] = rows(session)
    assert (reminder.placement, reminder.stage, reminder.campaign) == ("article", "before", "")
    assert (reminder.due_on, reminder.second) == (date(2027, 1, 1), False)
    assert page.headers["Cache-Control"] == "no-store"


def test_what_is_promised_before_and_after_is_the_same_sentence(client):
    promise = "One e-mail in March and one more two weeks later, then never again."
    assert promise in client.get("/remind-me").text
    assert (
        promise in client.post("/remind-me", data=GOOD | {"when": "2027-03", "second": "yes"}).text
    )


def test_the_button_names_the_month(client):
    assert "Remind me in January" in client.get("/").text
    assert "Напомнить в\u00a0январе" in client.get("/ru/").text


@pytest.mark.parametrize(
    ("fields", "due_on", "every", "second", "promise"),
    [
        ({"when": "in-3"}, date(2027, 2, 24), None, False, "One e-mail on February 24, 2027, then"),
        (
            {"when": "on", "day": "2027-03-14", "second": "yes"},
            date(2027, 3, 14),
            None,
            True,
            "One e-mail on March 14, 2027 and one more two weeks later",
        ),
        ({"when": "on", "day": "2027-03-01"}, date(2027, 3, 1), None, False, "on March 1, 2027"),
        (
            {"when": "every-3"},
            date(2027, 2, 24),
            3,
            False,
            "One e-mail every 3 months, the first on February 24, 2027.",
        ),
        ({"when": "every-12", "second": "yes"}, date(2027, 11, 24), 12, False, "every year"),
    ],
)
def test_other_times_are_kept_as_they_are_promised(
    client, session, fields, due_on, every, second, promise
):
    page = client.post("/remind-me", data=GOOD | fields)
    assert promise in page.text
    [reminder] = rows(session)
    assert (reminder.due_on, reminder.every_months, reminder.second) == (due_on, every, second)


def test_a_named_day_is_never_put_off_and_a_month_may_be(app, client, session):
    held = set()
    for number in range(40):
        for when, day in (("2027-03", ""), ("on", "2027-03-01")):
            person = {"when": when, "day": day, "email": f"{when}{number}@reader.example"}
            client.post("/remind-me", data=GOOD | person)
    for reminder in rows(session):
        held.add((reminder.held_back, reminder.due_at.day))
    assert held == {(True, 15), (False, 1)}
    named = [
        client.post(
            "/remind-me",
            data=GOOD | {"when": "on", "day": "2027-04-01", "email": f"day{number}@reader.example"},
        )
        for number in range(40)
    ]
    assert {answer.status_code for answer in named} == {200}
    april = [each for each in rows(session) if each.due_on == date(2027, 4, 1)]
    assert {each.held_back for each in april} == {False}


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("", "Choose the day on which we should write."),
        ("tomorrow", "Write the day like this: 2027-03-14."),
        ("2027-02-30", "Write the day like this: 2027-03-14."),
        ("2026-11-24", "The first day we can write is November 25, 2026."),
        ("2027-12-25", "The last day we can promise is December 24, 2027."),
    ],
)
def test_a_day_that_cannot_be_is_explained_at_its_field_and_kept(client, session, day, message):
    page = client.post("/remind-me", data=GOOD | {"when": "on", "day": day, "second": "yes"})
    assert page.status_code == 422
    assert message in page.text
    assert 'href="#reminder-day"' in page.text
    assert f'value="{day}"' in field(page.text, "day")
    assert " checked" in field(page.text, "second")
    assert '<details class="further" open>' in page.text
    assert rows(session) == []


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
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize("when", ["", "2026-11", "2027-13", "2099-01", "x", "every-2", "in-4"])
def test_a_time_that_is_not_offered_is_explained(client, session, when):
    page = client.post("/remind-me", data=GOOD | {"when": when})
    assert page.status_code == 422
    assert "Choose when we should write." in page.text
    assert 'href="#when-first"' in page.text
    assert 'id="when-first"' in page.text
    assert 'value="later@reader.example"' in page.text
    assert rows(session) == []


def test_a_form_of_another_site_sets_nothing(client, session):
    answer = client.post("/remind-me", data=GOOD, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert rows(session) == []


def test_the_gift_of_the_ask_comes_with_the_link_is_shown_and_can_be_cleared(client, session):
    page = client.get("/remind-me?frequency=monthly&amount=1500&currency=usd").text
    assert '<option value="monthly" selected>' in page
    assert 'value="15"' in field(page, "amount")
    gift = {"frequency": "monthly", "amount": "15", "currency": "usd"}
    client.post("/remind-me", data=GOOD | gift)
    cleared = gift | {"frequency": ""}
    client.post("/remind-me", data=GOOD | cleared | {"when": "2027-02"})
    kept, without = rows(session)
    assert (kept.frequency, kept.amount_minor, kept.currency) == ("monthly", 1500, "usd")
    assert (without.frequency, without.amount_minor) == (None, None)


def test_a_gift_that_cannot_be_is_explained_and_kept(client, session):
    gift = {"frequency": "monthly", "amount": "0.50", "currency": "eur"}
    page = client.post("/remind-me", data=GOOD | gift)
    assert page.status_code == 422
    assert 'id="reminder-amount-error"' in page.text
    assert 'value="0.50"' in field(page.text, "amount")
    assert 'value="eur"' in field(page.text, "currency")
    assert rows(session) == []


@pytest.mark.parametrize(
    "query", ["frequency=weekly", "frequency=monthly&amount=x", "currency=zzz"]
)
def test_a_link_that_makes_no_sense_is_an_empty_form(client, query):
    page = client.get(f"/remind-me?{query}")
    assert page.status_code == 200
    assert 'value=""' in field(page.text, "amount")


def test_where_it_was_asked_for_is_kept_and_made_up_words_are_not(client, session):
    where = {"placement": "newsletter", "stage": "winback", "campaign": "spring-27"}
    form = client.get("/remind-me", query_string=where).text
    for name, value in where.items():
        assert f'value="{value}"' in field(form, name)
    client.post("/remind-me", data=GOOD | where)
    odd = {"placement": "<b>", "stage": "never", "campaign": "x" * 31, "when": "2027-02"}
    client.post("/remind-me", data=GOOD | odd)
    kept, plain = rows(session)
    assert (kept.placement, kept.stage, kept.campaign) == ("newsletter", "winback", "spring-27")
    assert (plain.placement, plain.stage, plain.campaign) == ("remind", "before", "")


def test_the_appeal_of_a_campaign_hands_its_name_on(client):
    assert 'value="spring"' in field(client.get("/support?campaign=spring").text, "campaign")
    assert 'value=""' in field(client.get("/support").text, "campaign")


def test_a_reminder_leaves_one_marker_that_says_a_month_and_ends_on_the_day(client):
    page = client.post("/remind-me", data=GOOD | {"when": "on", "day": "2027-03-14"})
    [marker] = page.headers.getlist("Set-Cookie")
    assert marker.startswith(f"{COOKIE}=2027-03;")
    assert "Expires=Sat, 13 Mar 2027 23:00:00 GMT" in marker
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in marker
    assert "left one marker" in page.text
