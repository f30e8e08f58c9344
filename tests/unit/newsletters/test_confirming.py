import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.jobs.models import Job
from donations.kernel.errors import TryAgainLater
from donations.newsletters.confirming import confirm
from donations.newsletters.leaving import unsubscribe


@pytest.fixture
def asked(app, desk):
    desk.ask("weekly", "morning", language="ru")
    return desk.names()


def test_one_letter_asks_the_mailbox_and_can_be_ended_by_one_click(asked, worker, outbox):
    worker.run_due()
    worker.run_due()
    [letter] = outbox.messages
    assert letter["To"] == "weekly@reader.example"
    assert letter["Content-Language"] == "ru"
    text = letter.get_body(("plain",)).get_content()
    assert "http://localhost/ru/newsletter/confirm/" in text
    assert "Неделя" in text
    assert "завтрака" in text
    assert letter["List-Unsubscribe"].startswith("<http://localhost/ru/newsletter/unsubscribe/")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_subject_names_no_newsroom(asked, worker, outbox):
    worker.run_due()
    assert "Moscow" not in outbox.messages[0]["Subject"]


def test_neither_link_carries_the_address(asked, worker, outbox):
    worker.run_due()
    [letter] = outbox.messages
    links = re.findall(r"http://\S+", letter.get_body(("plain",)).get_content())
    for link in [*links, letter["List-Unsubscribe"], letter["Message-ID"]]:
        assert "weekly@" not in link
        assert "reader.example" not in link


@pytest.mark.parametrize("answered", [confirm, unsubscribe])
def test_nobody_who_has_answered_is_asked(asked, session, worker, outbox, clock, answered):
    answered(session, asked, clock.now())
    worker.run_due()
    assert all("/newsletter/confirm/" not in str(letter) for letter in outbox.messages)


def test_only_what_is_still_pending_is_asked_about(asked, session, worker, outbox, clock):
    unsubscribe(session, asked[:1], clock.now())
    worker.run_due()
    text = outbox.messages[0].get_body(("plain",)).get_content()
    assert "завтрака" in text
    assert "Неделя" not in text


def test_a_mail_server_that_is_down_delays_the_question_and_doubles_nothing(
    asked, worker, outbox, clock
):
    outbox.failure = TryAgainLater("the mail server cannot be reached")
    worker.run_due()
    assert outbox.messages == []
    outbox.failure = None
    clock.advance(timedelta(hours=1))
    worker.run_due()
    assert len(outbox.messages) == 1


def test_asking_again_a_day_later_sends_a_second_letter_of_its_own(
    asked, desk, worker, outbox, clock
):
    worker.run_due()
    clock.advance(timedelta(days=1))
    desk.ask("weekly", "morning", language="ru")
    worker.run_due()
    first, second = outbox.messages
    assert first["Message-ID"] != second["Message-ID"]


def test_a_letter_promised_before_there_were_several_newsletters_still_goes_out(
    app, desk, session, worker, outbox
):
    desk.ask("weekly")
    job = session.scalars(select(Job)).one()
    job.arguments = {"subscription": desk.names()[0], "asked_at": job.arguments["asked_at"]}
    session.merge(job)
    session.commit()
    worker.run_due()
    assert len(outbox.messages) == 1


def test_a_confirmation_is_followed_by_the_link_to_the_choices_once(
    asked, session, worker, outbox, clock
):
    confirm(session, asked, clock.now())
    confirm(session, asked, clock.now())
    worker.run_due()
    [letter] = outbox.messages
    text = letter.get_body(("plain",)).get_content()
    assert "http://localhost/ru/newsletter/preferences/" in text
    assert letter["List-Unsubscribe"].startswith("<http://localhost/ru/newsletter/leave-all/")
