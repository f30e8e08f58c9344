from datetime import UTC, datetime, timedelta

import pytest
from tests_support.mail_services import arrival, mailgun_signed

from donations.mailer.returns.mailgun import Mailgun
from donations.mailer.returns.returned import Kind, NotVerified, Return

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OURS = "0123456789abcdef" * 2
KEY = "key-of-the-webhooks"
DOOR = Mailgun(KEY)


def event(**more):
    return {
        "recipient": "reader@example.org",
        "timestamp": 1534110422.389832,
        "log-level": "error",
        "message": {
            "headers": {"to": "reader@example.org", "message-id": f"{OURS}@mail.example"},
            "size": 809,
        },
        "delivery-status": {"code": 550, "attempt-no": 1, "message": "5.1.1 no such account"},
        **more,
    }


def sent(told, now=NOW, key=KEY):
    return arrival(mailgun_signed(told, key, now), NOW)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"event": "failed", "severity": "permanent", "reason": "bounce"}, Kind.BOUNCED),
        ({"event": "failed", "severity": "permanent", "reason": "suppress-bounce"}, Kind.BOUNCED),
        (
            {"event": "failed", "severity": "permanent", "reason": "suppress-complaint"},
            Kind.COMPLAINED,
        ),
        ({"event": "failed", "severity": "permanent", "reason": "espblock"}, Kind.DELAYED),
        ({"event": "failed", "severity": "temporary", "reason": "greylisted"}, Kind.DELAYED),
        ({"event": "complained"}, Kind.COMPLAINED),
    ],
)
def test_each_event_is_read_as_what_it_means(told, kind):
    assert DOOR.returns(sent(event(**told))) == (Return(kind, "reader@example.org", OURS),)


def test_events_that_mean_nothing_to_us_say_nothing():
    for told in (
        {"event": "delivered"},
        {"event": "unsubscribed"},
        {"event": "tomorrow’s"},
        {"event": "failed", "severity": "permanent", "reason": "suppress-unsubscribe"},
        {},
    ):
        assert DOOR.returns(sent(event(**told))) == ()


def test_the_signature_is_good_only_while_mailgun_tries_again():
    told = event(event="complained")
    assert DOOR.returns(sent(told, NOW - timedelta(hours=8)))
    for when in (NOW - timedelta(hours=10), NOW + timedelta(hours=1)):
        with pytest.raises(NotVerified):
            DOOR.returns(sent(told, when))


def test_what_is_not_signed_with_our_key_is_refused():
    told = event(event="complained")
    unsigned = {"event-data": told}
    moved = mailgun_signed(told, KEY, NOW)
    moved["signature"]["timestamp"] = str(int(NOW.timestamp()) + 1)
    other = mailgun_signed(told, KEY, NOW)
    other["signature"]["token"] = "another"
    for bad in (
        sent(told, key="another"),
        arrival(unsigned, NOW),
        arrival(moved, NOW),
        arrival(other, NOW),
        arrival(b"not json", NOW),
        arrival([], NOW),
        arrival({"signature": "x"}, NOW),
    ):
        with pytest.raises(NotVerified):
            DOOR.returns(bad)
