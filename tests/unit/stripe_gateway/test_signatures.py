import json
import time

import pytest
from stripe import WebhookSignature

from donations.stripe_gateway.errors import BadSignature
from donations.stripe_gateway.signatures import TOLERANCE_SECONDS, verified_hint

SECRET = "whsec_suite"
EVENT = {
    "id": "evt_1",
    "type": "invoice.paid",
    "created": 1_795_521_600,
    "data": {"object": {"id": "in_1", "customer_email": "reader@example.org"}},
}


def header(body, secret=SECRET, at=None):
    at = int(time.time()) if at is None else at
    signature = WebhookSignature._compute_signature(f"{at}.{body}", secret)
    return f"t={at},v1={signature}"


def read(event, **how):
    body = event if isinstance(event, str) else json.dumps(event)
    return verified_hint(body.encode(), header(body, **how), SECRET)


def test_only_a_hint_is_read_of_an_event():
    hint = read(EVENT)
    assert (hint.event_id, hint.type, hint.object_id) == ("evt_1", "invoice.paid", "in_1")
    assert hint.occurred_at.isoformat() == "2026-11-24T12:00:00+00:00"
    assert "reader" not in repr(hint)


def test_an_object_without_an_id_is_still_an_event():
    assert read({**EVENT, "data": {"object": {}}}).object_id == ""


def test_while_a_secret_is_turned_over_either_signature_will_do():
    body = json.dumps(EVENT)
    two = header(body, "whsec_old") + "," + header(body).partition(",")[2]
    assert verified_hint(body.encode(), two, SECRET).event_id == "evt_1"


@pytest.mark.parametrize(
    "how",
    [{"secret": "whsec_other"}, {"at": int(time.time()) - TOLERANCE_SECONDS - 5}, {"at": 0}],
)
def test_what_another_signed_or_long_ago_is_refused(how):
    with pytest.raises(BadSignature):
        read(EVENT, **how)


@pytest.mark.parametrize("signature", ["", "nonsense", "t=,v1=", "t=abc,v1=def", "v1=00", "t=1"])
def test_a_header_that_is_no_signature_is_refused(signature):
    with pytest.raises(BadSignature):
        verified_hint(json.dumps(EVENT).encode(), signature, SECRET)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{",
        "7",
        json.dumps({**EVENT, "id": None}),
        json.dumps({**EVENT, "id": "e" * 81}),
        json.dumps({**EVENT, "created": "yesterday"}),
        json.dumps({**EVENT, "created": 10**30}),
        json.dumps({**EVENT, "data": None}),
        json.dumps({**EVENT, "data": {"object": "in_1"}}),
        json.dumps({**EVENT, "data": {"object": {"id": {"not": "a word"}}}}),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(body):
    with pytest.raises(BadSignature):
        read(body)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(BadSignature):
        verified_hint(b"\xff\xfe", "t=1,v1=00", SECRET)
