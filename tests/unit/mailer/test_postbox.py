import email.policy
from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.kernel.errors import TryAgainLater
from donations.mailer.addresses import BadAddress, checked_address
from donations.mailer.message import Message
from donations.mailer.models import Letter

FACTS = {
    "receipt": {
        "receipt_number": 1001,
        "amount": "$15",
        "frequency": "monthly",
        "given_on": "November 24, 2026",
        "next_on": "December 24, 2026",
        "cancel_url": "http://localhost/support/cancel/x",
        "statement_line": "READERS* SUPPORT",
        "method": None,
        "fund": None,
    },
    "payment_pending": {"amount": "$15"},
    "payment_failed": {"amount": "$15", "retry_url": "http://localhost/support"},
    "membership_failed": {
        "amount": "$15",
        "retry_on": None,
        "cancel_url": "http://localhost/support/cancel/x",
    },
    "reminder": {
        "give_url": "http://localhost/support",
        "cancel_url": "http://localhost/remind-me/cancel/x",
        "month": "January",
        "amount": None,
        "frequency": None,
    },
    "newsletter_confirm": {
        "newsletter": "The Weekly Briefing",
        "confirm_url": "http://localhost/newsletter/confirm/x",
    },
    "books_alarm": {
        "counts": [("invariant_broken", 1), ("payout_bank_differs", 2)],
        "office_url": "http://localhost/office/exceptions",
    },
}


def message(template="receipt", language="en", to="reader@example.org", **more):
    facts = {**FACTS[template], "contact": "support@newsroom.example"}
    return Message(template, to, language, facts, **more)


def post(house, session, key="k", **changes):
    sent = house.postbox.post(session, key, message(**changes))
    session.commit()
    return sent


def test_a_letter_goes_out_once_for_its_cause(house, session, outbox):
    assert post(house, session)
    assert not post(house, session)
    assert len(outbox.messages) == 1
    assert session.scalars(select(Letter)).one().sent_at is not None


def test_a_letter_that_could_not_go_out_is_tried_again(house, session, outbox):
    outbox.failure = TryAgainLater("down")
    with pytest.raises(TryAgainLater):
        post(house, session)
    session.rollback()
    outbox.failure = None
    assert post(house, session)
    assert len(outbox.messages) == 1


def test_a_letter_whose_sender_died_is_sent_under_the_same_message_id(
    house, session, outbox, clock
):
    post(house, session)
    row = session.scalars(select(Letter)).one()
    row.sent_at = None  # died between the server's answer and the note of it
    session.commit()
    clock.advance(timedelta(minutes=5))
    post(house, session)
    first, second = outbox.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_while_one_worker_sends_another_waits(house, session, outbox, clock):
    session.add(Letter(key="k", template="receipt", language="en", sending_at=clock.now()))
    session.commit()
    with pytest.raises(TryAgainLater):
        post(house, session)
    assert outbox.messages == []


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("template", FACTS)
def test_every_letter_is_whole_neutral_and_without_pictures(
    house, session, outbox, template, language
):
    post(house, session, template=template, language=language)
    [letter] = outbox.messages
    text = letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()
    assert letter["Content-Language"] == language
    assert "Moscow" not in letter["Subject"]
    assert "$" not in letter["Subject"]
    assert "@" not in letter["Subject"]
    assert "Moscow" not in letter["From"]
    assert "<img" not in html
    assert "http-equiv" not in html
    for part in (text, html):
        assert "{{" not in part
        assert "None" not in part
    if language == "ru":
        assert "Здравствуйте" in text
    bytes(letter)


def test_the_unsubscribe_header_is_one_click(house, session, outbox):
    post(house, session, template="reminder", unsubscribe_url="https://x.example/u/" + "t" * 200)
    sent = email.message_from_bytes(bytes(outbox.messages[0]), policy=email.policy.default)
    assert sent["List-Unsubscribe"] == "<https://x.example/u/" + "t" * 200 + ">"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("a@example.org\r\nBcc: b@example.org", "control"),
        ("a b@example.org", "space"),
        ("nobody", "at_sign"),
        ("a@b@example.org", "at_sign"),
        ("a@example", "domain"),
        ("a@-x.org", "domain"),
        (".a@example.org", "local_part"),
        ("я@example.org", "foreign_local_part"),
        ("x" * 300 + "@example.org", "too_long"),
    ],
)
def test_an_address_no_letter_can_reach_is_refused_with_its_reason(typed, reason):
    with pytest.raises(BadAddress) as refusal:
        checked_address(typed)
    assert refusal.value.reason == reason


def test_a_good_address_is_made_canonical():
    assert checked_address(" Reader@Пример.рф ") == "Reader@xn--e1afmkfd.xn--p1ai"
