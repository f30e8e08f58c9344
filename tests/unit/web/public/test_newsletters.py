import re

import pytest
from sqlalchemy import select

from donations.newsletters.models import Subscription

GOOD = {"email": "weekly@reader.example", "consent": "yes", "newsletter": "weekly"}


def rows(session):
    session.rollback()
    return session.scalars(select(Subscription)).all()


def link_in(outbox, what):
    text = outbox.messages[-1].get_body(("plain",)).get_content()
    return re.search(rf"http://localhost(\S*/newsletter/{what}/\S+)", text)[1]


def test_a_reader_subscribes_with_one_click_in_the_mailbox(client, worker, outbox, session):
    assert client.post("/newsletter", data=GOOD).status_code == 200
    worker.run_due()
    path = link_in(outbox, "confirm")
    client.get(path)
    assert rows(session)[0].state == "pending"
    assert client.post(path).status_code == 200
    assert rows(session)[0].state == "confirmed"


def test_the_answer_is_the_same_whether_or_not_the_address_is_known(client):
    first = client.post("/newsletter", data=GOOD)
    second = client.post("/newsletter", data=GOOD)
    assert (first.status_code, first.text) == (second.status_code, second.text)


def test_a_mail_program_unsubscribes_by_one_post_without_origin(
    app, client, house, worker, outbox, session
):
    client.post("/newsletter", data=GOOD)
    token = house.signer.sign("newsletter-unsubscribe", rows(session)[0].public_id)
    plain = app.test_client()
    answer = plain.post(f"/newsletter/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert rows(session)[0].state == "unsubscribed"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"email": ""}, "newsletter-email-error"),
        ({"email": "a@b.c\nBcc: x@y.z"}, "newsletter-email-error"),
        ({"consent": ""}, "newsletter-consent-error"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_the_rest_kept(client, session, changes, error):
    page = client.post("/newsletter", data={**GOOD, **changes})
    assert page.status_code == 422
    assert f'id="{error}"' in page.text
    if "email" not in changes:
        assert 'value="weekly@reader.example"' in page.text
    assert rows(session) == []


@pytest.mark.parametrize("token", ["forged", "x" * 400])
@pytest.mark.parametrize("what", ["confirm", "unsubscribe"])
def test_a_forged_link_does_nothing(client, what, token):
    assert client.get(f"/newsletter/{what}/{token}").status_code == 404
    assert client.post(f"/newsletter/{what}/{token}").status_code == 404


def test_the_preview_is_a_real_issue_in_both_languages(client):
    assert client.get("/newsletter/preview").text.count("<h2") >= 2
    assert client.get("/ru/newsletter/preview").status_code == 200
