import json
import threading
import time

import pytest
from sqlalchemy import select
from stripe import WebhookSignature

from donations.inbox.models import StripeEvent
from donations.jobs.models import Job

SECRET = "whsec_suite"


def event(name="evt_1", **changes):
    body = {
        "id": name,
        "object": "event",
        "type": "invoice.paid",
        "created": 1_790_000_000,
        "data": {"object": {"id": "in_1", "customer_email": "canary@example.org"}},
        **changes,
    }
    return json.dumps(body)


def signed(body, secret=SECRET, at=None):
    stamp = int(at or time.time())
    return {
        "Stripe-Signature": WebhookSignature.generate_signature_header(
            body, secret, timestamp=stamp
        )
    }


def stored(session):
    session.rollback()
    return session.scalars(select(StripeEvent)).all()


@pytest.fixture
def stripe(app):
    """Stripe's own client: no cookie, no origin, nothing of a browser."""
    return app.test_client(use_cookies=False)


def test_an_event_is_stored_once_answered_and_promised(stripe, session):
    body = event()
    answer = stripe.post("/webhooks/stripe", data=body, headers=signed(body))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    [row] = stored(session)
    assert (row.event_id, row.type, row.outcome) == ("evt_1", "invoice.paid", None)
    [job] = session.scalars(select(Job)).all()
    assert (job.kind, job.key, job.arguments) == (
        "stripe_event",
        "stripe_event:evt_1",
        {"event": "evt_1"},
    )


def test_neither_body_nor_object_is_readable_in_the_inbox(stripe, session):
    body = event()
    stripe.post("/webhooks/stripe", data=body, headers=signed(body))
    [row] = stored(session)
    assert b"in_1" not in row.object_sealed


def test_two_deliveries_at_once_are_one_event_and_both_answered(app, session):
    body, answers = event(), []

    def deliver():
        client = app.test_client()
        answers.append(client.post("/webhooks/stripe", data=body, headers=signed(body)).status_code)

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 4
    assert len(stored(session)) == 1


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (event(), {}),
        (event(), {"Stripe-Signature": ""}),
        (event(), {"Stripe-Signature": "t=1,v1=abc"}),
        (event(), signed(event(), secret="whsec_forged")),
        (event(), signed(event(), at=time.time() - 301)),
        (event("evt_2"), signed(event("evt_1"))),
        ("", signed("")),
        ("not json", signed("not json")),
        ("[]", signed("[]")),
        ('{"id": "evt_1"}', signed('{"id": "evt_1"}')),
        (event(id=5), signed(event(id=5))),
        (event(id="e" * 500), signed(event(id="e" * 500))),
        (event(created=10**30), signed(event(created=10**30))),
    ],
)
def test_what_stripe_did_not_just_sign_is_refused_and_leaves_no_trace(
    stripe, session, body, headers
):
    assert stripe.post("/webhooks/stripe", data=body, headers=headers).status_code == 400
    assert stored(session) == []


def test_five_megabytes_are_refused_unread(stripe, session):
    body = "x" * 5 * 1024 * 1024
    assert stripe.post("/webhooks/stripe", data=body, headers=signed(body)).status_code == 413
    assert stored(session) == []


def test_the_door_opens_to_post_only(stripe):
    assert stripe.get("/webhooks/stripe").status_code == 405


def test_a_database_that_is_away_is_no_200(stripe, monkeypatch):
    def away(*_args, **_kwargs):
        raise OSError

    monkeypatch.setattr("donations.web.api.webhooks.store", away)
    body = event()
    assert stripe.post("/webhooks/stripe", data=body, headers=signed(body)).status_code == 500
