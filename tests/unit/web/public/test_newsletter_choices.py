import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.newsletters.confirming import confirm
from donations.newsletters.models import Subscription
from donations.newsletters.subscribing import Request, ask

EMAIL = "weekly@reader.example"


def rows(session):
    session.rollback()
    session.expire_all()
    return session.scalars(select(Subscription).order_by(Subscription.id)).all()


def states(session):
    return {row.newsletter: row.state for row in rows(session)}


@pytest.fixture
def path(app, session, master, clock, house):
    """The link of a reader who has the weekly, in Russian, and was asked about the morning."""
    for slug in ("weekly", "morning"):
        ask(session, master, Request((slug,), EMAIL, "ru", "Да"), now=clock.now())
    name = rows(session)[0].public_id
    confirm(session, [name], clock.now())
    return house.newsletter_links.choices("en", name).removeprefix("http://localhost")


def ticked(page):
    boxes = re.findall(r'<input type="(?:checkbox|radio)"[^>]*>', page.text)
    return [re.search(r'value="([^"]+)"', box)[1] for box in boxes if " checked" in box]


def test_the_boxes_are_as_they_stand_and_looking_changes_nothing(path, client, session):
    page = client.get(path)
    assert page.headers["Cache-Control"] == "no-store"
    assert ticked(page) == ["weekly", "ru"]
    assert "Waits for you" in page.text
    assert states(session) == {"weekly": "confirmed", "morning": "pending"}


def test_saving_keeps_what_was_ticked_and_the_language(path, client, session):
    data = {"newsletter": ["long-read", "gazette"], "language": "en", "act": "save"}
    page = client.post(path, data=data)
    assert ticked(page) == ["long-read", "en"]
    assert states(session) == {
        "weekly": "unsubscribed",
        "morning": "pending",
        "long-read": "confirmed",
    }


def test_a_language_the_newsroom_does_not_speak_changes_none(path, client):
    page = client.post(path, data={"newsletter": "weekly", "language": "xx"})
    assert ticked(page) == ["weekly", "ru"]


def test_everything_can_be_left_with_one_click_and_the_link_still_answers(path, client, session):
    page = client.post(path, data={"act": "leave"})
    assert "forgotten" in page.text
    assert set(states(session).values()) == {"unsubscribed"}
    assert client.get(path).status_code == 200
    client.post(path, data={"newsletter": "weekly", "language": "en"})
    assert states(session)["weekly"] == "unsubscribed"


def test_the_link_does_not_grow_old(path, client, clock):
    clock.advance(timedelta(days=4000))
    assert client.get(path).status_code == 200


def test_another_site_cannot_press_the_button(path, app, session):
    stranger = app.test_client()
    stranger.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert stranger.post(path, data={"act": "leave"}).status_code == 403
    assert states(session)["weekly"] == "confirmed"


def test_a_newsletter_no_longer_offered_is_shown_and_not_lost_by_saving(path, client, session):
    row = rows(session)[0]
    row.newsletter = "gone"
    session.merge(row)
    session.commit()
    assert ticked(client.get(path)) == ["gone", "ru"]
    client.post(path, data={"newsletter": ["gone"], "language": "ru"})
    assert states(session)["gone"] == "confirmed"


def test_the_link_is_sent_to_a_reader_and_the_answer_is_the_same_to_everybody(
    path, client, worker, outbox
):
    worker.run_due()
    outbox.messages.clear()
    known = client.post("/newsletter/preferences", data={"email": EMAIL})
    unknown = client.post("/newsletter/preferences", data={"email": "x@reader.example"})
    assert (
        (known.status_code, known.text) == (unknown.status_code, unknown.text) == (200, known.text)
    )
    worker.run_due()
    [letter] = outbox.messages
    assert letter["To"] == EMAIL
    found = re.search(
        r"localhost(/ru/newsletter/preferences/\S+)", letter.get_body(("plain",)).get_content()
    )
    assert client.get(found[1]).status_code == 200


def test_an_address_that_is_none_is_said_at_its_field(client):
    assert client.get("/newsletter/preferences").status_code == 200
    page = client.post("/newsletter/preferences", data={"email": "nobody"})
    assert page.status_code == 422
    assert 'id="link-email-error"' in page.text
