import json

import pytest
from sqlalchemy import func, select
from tests_support.mail_services import (
    ARN,
    SECRET,
    SendGridService,
    Sns,
    basic,
    mailgun_signed,
    ses_bounce,
)

from donations.app import create_app
from donations.mailer.models import Suppression
from donations.mailer.returns.doors import Doors
from donations.settings import read_settings
from donations.web.house import EXTENSION

TO = "reader@example.org"


@pytest.fixture(scope="module")
def sendgrid():
    return SendGridService()


@pytest.fixture
def amazon(clock):
    return Sns(clock.now())


@pytest.fixture
def doors(app, sendgrid, amazon):
    house = app.extensions[EXTENSION]
    opened = Doors.build(
        postmark=SECRET, sendgrid=sendgrid.public, mailgun="key", ses=ARN, get=amazon.get
    )
    object.__setattr__(house, "mail_doors", opened)
    return app.test_client()


def told(provider, clock, sendgrid, amazon):
    """A hard bounce as each service tells it, and its headers."""
    if provider == "postmark":
        body = json.dumps({"RecordType": "Bounce", "Type": "HardBounce", "Email": TO}).encode()
        return body, {"Authorization": basic(SECRET)}
    if provider == "sendgrid":
        body = json.dumps([{"event": "bounce", "type": "bounce", "email": TO}]).encode()
        return body, sendgrid.headers(body, clock.now())
    if provider == "mailgun":
        event = {"event": "failed", "severity": "permanent", "reason": "bounce", "recipient": TO}
        return json.dumps(mailgun_signed(event, "key", clock.now())).encode(), {}
    body = json.dumps(amazon.notification(ses_bounce(TO, "f" * 32))).encode()
    return body, {"Content-Type": "text/plain; charset=UTF-8"}


PROVIDERS = ("postmark", "sendgrid", "mailgun", "ses")


def count(session):
    session.rollback()
    return session.scalar(select(func.count()).select_from(Suppression))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_bounce_is_kept_once_however_often_it_is_told(
    doors, session, clock, sendgrid, amazon, provider, capsys
):
    body, headers = told(provider, clock, sendgrid, amazon)
    for _ in range(2):
        answer = doors.post(f"/webhooks/mail/{provider}", data=body, headers=headers)
        assert answer.status_code == 200
        assert TO not in answer.text
    assert count(session) == 1
    [row] = session.scalars(select(Suppression))
    assert (row.scope, row.reason, row.source) == ("everything", "bounced", provider)
    out = capsys.readouterr()
    assert "reader" not in out.out + out.err


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_not_proven_is_refused_without_a_word_of_why(
    doors, session, clock, sendgrid, amazon, provider, capsys
):
    body, _ = told(provider, clock, sendgrid, amazon)
    forged = body.replace(b'"signature": "', b'"signature": "0').replace(
        b'"Signature": "', b'"Signature": "AAAA'
    )
    answer = doors.post(f"/webhooks/mail/{provider}", data=forged)
    assert (answer.status_code, answer.text) == (403, "Refused.\n")
    assert count(session) == 0
    out = capsys.readouterr()
    assert "reader" not in out.out + out.err


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_service_we_do_not_use_has_no_door(client, clock, sendgrid, amazon, provider):
    body, headers = told(provider, clock, sendgrid, amazon)
    assert client.post(f"/webhooks/mail/{provider}", data=body, headers=headers).status_code == 404


def test_an_unknown_service_has_none_either_and_nobody_may_look_in(doors):
    assert doors.post("/webhooks/mail/other").status_code == 404
    assert doors.get("/webhooks/mail/postmark").status_code == 405


def test_an_event_we_do_not_know_is_taken(doors, session):
    body = json.dumps({"RecordType": "Tomorrow", "Email": TO})
    answer = doors.post(
        "/webhooks/mail/postmark", data=body, headers={"Authorization": basic(SECRET)}
    )
    assert answer.status_code == 200
    assert count(session) == 0


def test_what_cannot_be_read_is_answered_so_and_never_logged(doors, capsys):
    answer = doors.post(
        "/webhooks/mail/postmark", data=f"[{TO}", headers={"Authorization": basic(SECRET)}
    )
    assert answer.status_code == 400
    assert "reader" not in answer.text + capsys.readouterr().out


def test_too_much_at_once_is_not_read(doors):
    headers = {"Authorization": basic(SECRET)}
    large = b" " * (1024 * 1024 + 1)
    assert doors.post("/webhooks/mail/postmark", data=large, headers=headers).status_code == 413


def test_the_doors_are_opened_by_the_settings(environment, sendgrid, clock, outbox):
    more = {
        "MAIL_RETURNS_SECRET": SECRET,
        "SENDGRID_WEBHOOK_KEY": sendgrid.public,
        "MAILGUN_SIGNING_KEY": "key",
        "SES_TOPIC_ARN": ARN,
    }
    app = create_app(read_settings({**environment, **more}), clock=clock, transport=outbox)
    assert set(app.extensions[EXTENSION].mail_doors.open) == set(PROVIDERS)
    assert SECRET not in repr(app.extensions[EXTENSION])
