from datetime import UTC, datetime, timedelta

import pytest
from tests_support.mail_services import SendGridService, arrival

from donations.kernel.errors import MisconfiguredError
from donations.mailer.returns.returned import Kind, NotReadable, NotVerified, Return
from donations.mailer.returns.sendgrid import SendGrid

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OURS = "0123456789abcdef" * 2
# The test vector of SendGrid's own libraries.
OFFICIAL_KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
OFFICIAL_SIGNATURE = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
OFFICIAL_BODY = b'[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'


@pytest.fixture(scope="module")
def service():
    return SendGridService()


@pytest.fixture
def door(service):
    return SendGrid.with_key(service.public)


def sent(service, events, now=NOW):
    import json

    body = json.dumps(events).encode()
    return arrival(body, NOW, **service.headers(body, now))


def event(**more):
    return {
        "email": "reader@example.org",
        "smtp-id": f"<{OURS}@mail.example>",
        "timestamp": 1795521600,
        "sg_event_id": "lC0Rc-FuQmKbnxCWxX1jRQ",
        "sg_message_id": "Lli-03HcQ5-JLybO9fXsJg.filter0077p1las1.21536.5717FC482.0",
        **more,
    }


def test_sendgrids_own_test_vector_verifies():
    at = datetime.fromtimestamp(1600112502, UTC)
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": OFFICIAL_SIGNATURE,
        "X-Twilio-Email-Event-Webhook-Timestamp": "1600112502",
    }
    door = SendGrid.with_key(OFFICIAL_KEY)
    assert door.returns(arrival(OFFICIAL_BODY, at, **headers)) == (
        Return(Kind.BOUNCED, "hello@world.com", ""),
    )
    for changed in (OFFICIAL_BODY[:-2], OFFICIAL_BODY.replace(b"hello", b"other")):
        with pytest.raises(NotVerified):
            door.returns(arrival(changed, at, **headers))
    with pytest.raises(NotVerified):
        door.returns(
            arrival(
                OFFICIAL_BODY,
                at,
                **{**headers, "X-Twilio-Email-Event-Webhook-Timestamp": "1600112503"},
            )
        )


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, Kind.BOUNCED),
        ({"event": "bounce", "type": "blocked", "status": "5.2.2"}, Kind.DELAYED),
        ({"event": "deferred", "attempt": "1"}, Kind.DELAYED),
        ({"event": "dropped", "reason": "Bounced Address"}, Kind.BOUNCED),
        ({"event": "dropped", "reason": "Invalid"}, Kind.BOUNCED),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, Kind.COMPLAINED),
        ({"event": "spamreport"}, Kind.COMPLAINED),
    ],
)
def test_each_event_is_read_as_what_it_means(door, service, told, kind):
    assert door.returns(sent(service, [event(**told)])) == (
        Return(kind, "reader@example.org", OURS),
    )


def test_events_that_mean_nothing_to_us_say_nothing(door, service):
    names = ("processed", "delivered", "open", "click", "unsubscribe", "dropped", "tomorrow’s")
    told = [event(event=name, reason="Unsubscribed Address") for name in names]
    assert door.returns(sent(service, [*told, "odd", None, {"event": ["bounce"]}])) == ()


def test_many_events_come_at_once(door, service):
    told = [event(event="bounce", email=f"reader{n}@example.org") for n in range(3)]
    assert [one.address for one in door.returns(sent(service, told))] == [
        f"reader{n}@example.org" for n in range(3)
    ]


def test_another_key_no_signature_and_an_old_one_are_refused(door, service):
    good = sent(service, [event(event="bounce")])
    assert door.returns(good)
    for bad in (
        sent(SendGridService(), [event(event="bounce")]),
        arrival(good.body, NOW),
        arrival(
            good.body,
            NOW,
            **{
                "X-Twilio-Email-Event-Webhook-Signature": "!",
                "X-Twilio-Email-Event-Webhook-Timestamp": "?",
            },
        ),
        sent(service, [event(event="bounce")], NOW - timedelta(hours=26)),
        sent(service, [event(event="bounce")], NOW + timedelta(hours=1)),
    ):
        with pytest.raises(NotVerified):
            door.returns(bad)


def test_signed_nonsense_is_not_readable(door, service):
    with pytest.raises(NotReadable):
        door.returns(sent(service, {"event": "bounce"}))
    with pytest.raises(NotReadable):
        door.returns(arrival(b"x", NOW, **service.headers(b"x", NOW)))


@pytest.mark.parametrize(
    "key", ["no key", "AAAA", "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="]
)
def test_what_is_no_such_key_stops_the_start(key):
    with pytest.raises(MisconfiguredError):
        SendGrid.with_key(key)
