from datetime import date, timedelta

import pytest
from sqlalchemy import select

from donations.mailer.models import Suppression
from donations.reminders.models import Reminder
from donations.reminders.purposes import AGAIN, CANCELLING, NEVER
from donations.reminders.reminding import Wish, set_reminder
from donations.web.public.quiet import COOKIE

PATHS = {AGAIN: "again", NEVER: "never", CANCELLING: "cancel"}


@pytest.fixture
def reminder(app, session, master, clock, settings):
    wish = Wish("later@reader.example", date(2027, 1, 1), "en", "article")
    return set_reminder(session, master, wish, zone=settings.newsroom.zone, now=clock.now())


@pytest.fixture
def path(house, reminder):
    def of(purpose):
        token = house.signer.sign_lasting(purpose, reminder.public_id)
        return f"/remind-me/{PATHS[purpose]}/{token}"

    return of


def rows(session):
    session.rollback()
    return session.scalars(select(Reminder).order_by(Reminder.id)).all()


@pytest.mark.parametrize("purpose", PATHS)
def test_looking_changes_nothing_and_names_nobody(client, session, path, purpose):
    for method in ("get", "head"):
        page = getattr(client, method)(path(purpose))
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert "reader.example" not in page.text
    assert [each.state for each in rows(session)] == ["set"]


@pytest.mark.parametrize("purpose", PATHS)
def test_a_token_for_another_purpose_or_an_altered_one_opens_nothing(
    client, house, session, reminder, path, purpose
):
    other = house.signer.sign_lasting("thanks", reminder.public_id)
    for token in (other, path(purpose).rsplit("/", 1)[1] + "A", "x" * 400):
        for method in ("get", "post"):
            address = f"/remind-me/{PATHS[purpose]}/{token}"
            assert getattr(client, method)(address).status_code == 404
    assert [each.state for each in rows(session)] == ["set"]


def test_another_letter_is_promised_without_an_address(client, session, path):
    assert 'name="email"' not in client.get(path(AGAIN)).text
    page = client.post(path(AGAIN), data={"when": "on", "day": "2027-03-14"})
    assert "One e-mail on March 14, 2027, then never again." in page.text
    assert COOKIE in page.headers["Set-Cookie"]
    assert date(2027, 3, 14) in {each.due_on for each in rows(session)}


@pytest.mark.parametrize(
    "fields", [{"when": "every-3"}, {"when": "on", "day": "2020-01-01"}, {}, {"when": "2026-11"}]
)
def test_a_time_that_cannot_be_is_explained(client, session, path, fields):
    page = client.post(path(AGAIN), data=fields)
    assert page.status_code == 422
    assert 'class="summary"' in page.text
    assert len(rows(session)) == 1


def test_once_the_address_is_forgotten_the_page_says_so(client, session, path, clock):
    client.post(path(CANCELLING))
    page = client.post(path(AGAIN), data={"when": "2027-03"})
    assert page.status_code == 410
    assert "We no longer have your address" in page.text


def test_never_ends_everything_and_is_remembered_without_the_address(client, session, path):
    assert "No reminder will come again" in client.post(path(NEVER)).text
    assert [each.state for each in rows(session)] == ["cancelled"]
    assert session.scalars(select(Suppression.scope)).all() == ["reminders"]


def test_a_mail_programs_one_click_says_never_from_anywhere(app, session, path):
    stranger = app.test_client()
    assert stranger.post(path(NEVER), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [each.state for each in rows(session)] == ["cancelled"]
    for purpose in (AGAIN, CANCELLING):
        assert stranger.post(path(purpose)).status_code == 403


def test_cancelling_names_the_time_and_then_says_done(client, session, path):
    assert "You asked us to write to you in January." in client.get(path(CANCELLING)).text
    assert "Your reminder is cancelled" in client.post(path(CANCELLING)).text
    assert [each.state for each in rows(session)] == ["cancelled"]
    assert "Your reminder is cancelled" in client.get(path(CANCELLING)).text


def test_the_link_of_an_older_letter_still_cancels(client, house, session, reminder):
    token = house.signer.sign(CANCELLING, reminder.public_id)
    assert client.post(f"/remind-me/cancel/{token}").status_code == 200
    assert [each.state for each in rows(session)] == ["cancelled"]


def test_a_series_is_named_as_one(client, house, session, master, clock, settings):
    first = clock.now().date() + timedelta(days=90)
    wish = Wish("often@reader.example", first, "en", "article", every_months=3)
    made = set_reminder(session, master, wish, zone=settings.newsroom.zone, now=clock.now())
    token = house.signer.sign_lasting(CANCELLING, made.public_id)
    assert "write to you every 3 months" in client.get(f"/remind-me/cancel/{token}").text


def test_never_can_be_taken_back_by_the_same_link_and_by_no_other(client, session, path):
    undo = path(NEVER).replace("/never/", "/welcome/")
    assert undo in client.post(path(NEVER)).text
    assert client.post(path(CANCELLING).replace("/cancel/", "/welcome/")).status_code == 404
    session.rollback()
    assert session.scalars(select(Suppression.scope)).all() == ["reminders"]
    session.rollback()
    assert "You can be reminded again" in client.post(undo).text
    assert session.scalars(select(Suppression.scope)).all() == []
    assert [each.state for each in rows(session)] == ["cancelled"]
