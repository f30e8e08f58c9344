import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from donations.kernel.cadence import Frequency
from donations.kernel.errors import TryAgainLater
from donations.kernel.money import Money
from donations.reminders.models import Reminder
from donations.reminders.reminding import Choice, Wish, cancel_reminder, set_reminder
from donations.vault.models import DataKey

MONTH = datetime(2027, 1, 1).date()
DUE = datetime.fromisoformat("2027-01-01T08:00:00+00:00")


@pytest.fixture
def promised(app, session, master, clock, house):
    choice = Choice(Frequency.MONTHLY, Money(1500, "usd"))
    wish = Wish("later@reader.example", MONTH, "ru", "article", choice)
    return set_reminder(session, master, wish, zone=house.newsroom.zone, now=clock.now()).public_id


def row(session):
    session.rollback()
    return session.scalars(select(Reminder)).one()


def test_nothing_is_written_before_the_month_and_one_letter_in_it(
    promised, worker, outbox, clock, session
):
    worker.run_due()
    assert outbox.messages == []
    clock.at = DUE
    worker.run_due()
    worker.run_due()
    [letter] = outbox.messages
    assert letter["To"] == "later@reader.example"
    assert letter["Content-Language"] == "ru"
    text = letter.get_body(("plain",)).get_content()
    assert "/ru/support?" in text
    assert "frequency=monthly" in text
    assert "amount=1500" in text
    assert "/ru/remind-me/cancel/" in text
    assert row(session).state == "sent"


def test_the_address_is_forgotten_once_the_letter_is_sent(promised, worker, clock, session):
    clock.at = DUE
    worker.run_due()
    assert session.get_one(DataKey, row(session).data_key_id).wrapped is None


def test_a_cancelled_reminder_is_never_sent(promised, worker, outbox, clock, session):
    cancel_reminder(session, promised, clock.now())
    clock.at = DUE
    worker.run_due()
    assert outbox.messages == []


def test_a_mail_server_that_is_down_delays_the_letter_and_doubles_nothing(
    promised, worker, outbox, clock, session
):
    clock.at = DUE
    outbox.failure = TryAgainLater("the mail server cannot be reached")
    worker.run_due()
    assert row(session).state == "set"
    outbox.failure = None
    clock.advance(timedelta(hours=1))
    worker.run_due()
    assert len(outbox.messages) == 1
    assert row(session).state == "sent"


def test_the_link_in_the_letter_cancels_on_post_only_and_without_login(
    promised, client, house, session
):
    path = f"/remind-me/cancel/{house.signer.sign('reminder-cancel', promised)}"
    page = client.get(path)
    assert page.status_code == 200
    assert row(session).state == "set"
    action = re.search(r'<form method="post" action="([^"]+)"', page.text)[1]
    assert client.post(action).status_code == 200
    assert row(session).state == "cancelled"
    assert client.get("/remind-me/cancel/forged").status_code == 404


def test_the_link_in_a_sent_letter_cancels_what_is_still_to_come(
    promised, app, session, master, clock, house, worker, outbox, client
):
    later = Wish("later@reader.example", datetime(2027, 3, 1).date(), "ru", "article")
    set_reminder(session, master, later, zone=house.newsroom.zone, now=clock.now())
    clock.at = DUE
    worker.run_due()
    [letter] = outbox.messages
    text = letter.get_body(("plain",)).get_content()
    path = re.search(r"http://localhost(/ru/remind-me/cancel/\S+)", text)[1]
    page = client.get(path)
    assert "март" in page.text
    assert '<form method="post"' in page.text
    assert '<form method="post"' not in client.post(path).text
    session.rollback()
    states = {each.month.month: each.state for each in session.scalars(select(Reminder))}
    assert states == {1: "sent", 3: "cancelled"}
