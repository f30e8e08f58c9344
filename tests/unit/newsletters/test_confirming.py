import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.kernel.errors import TryAgainLater
from donations.newsletters.models import Subscription
from donations.newsletters.subscribing import Request, ask, confirm, unsubscribe

WANTED = Request("weekly", "weekly@reader.example", "ru", "Я принимаю политику")


@pytest.fixture
def asked(app, session, master, clock):
    ask(session, master, WANTED, now=clock.now())
    return session.scalars(select(Subscription)).one().public_id


def test_one_letter_asks_the_mailbox_and_can_be_ended_by_one_click(asked, worker, outbox):
    worker.run_due()
    worker.run_due()
    [letter] = outbox.messages
    assert letter["To"] == "weekly@reader.example"
    assert letter["Content-Language"] == "ru"
    text = letter.get_body(("plain",)).get_content()
    assert "http://localhost/ru/newsletter/confirm/" in text
    assert letter["List-Unsubscribe"].startswith("<http://localhost/ru/newsletter/unsubscribe/")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


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
    assert outbox.messages == []


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
    asked, session, master, worker, outbox, clock
):
    worker.run_due()
    clock.advance(timedelta(days=1))
    ask(session, master, WANTED, now=clock.now())
    worker.run_due()
    first, second = outbox.messages
    assert first["Message-ID"] != second["Message-ID"]
