import re

import pytest
from sqlalchemy import select

from donations.appeals.editions import SAMPLE, publish, read_folder
from donations.kernel.database import begin_write, db
from donations.newsletters.models import Subscription

GOOD = {"email": "weekly@reader.example", "consent": "yes", "newsletter": "weekly"}
SEVERAL = {**GOOD, "newsletter": ["weekly", "long-read"]}
OLD_SHAPE = ("slug", "name", "description", "frequency")


def rows(session):
    session.rollback()
    session.expire_all()
    return session.scalars(select(Subscription).order_by(Subscription.id)).all()


def states(session):
    return {row.newsletter: row.state for row in rows(session)}


def link_in(letter, what):
    text = letter.get_body(("plain",)).get_content()
    return re.search(rf"http://localhost(\S*/newsletter/{what}/\S+)", text)[1]


@pytest.fixture
def one_newsletter(session, app, clock):
    """An edition of the time when there was one, published over the sample."""
    contents = read_folder(SAMPLE, ("en", "ru"))
    for content in contents.values():
        first = content.pop("newsletters")[0]
        content["newsletter"] = {word: first[word] for word in OLD_SHAPE}
        content["issue"] = first["issue"]
    begin_write(session)
    publish(session, contents, now=clock.now())
    session.commit()


def test_a_reader_subscribes_to_several_with_one_click_in_the_mailbox(
    client, worker, outbox, session
):
    assert client.post("/newsletter", data=SEVERAL).status_code == 200
    worker.run_due()
    [letter] = outbox.messages
    path = link_in(letter, "confirm")
    for _ in range(3):
        page = client.get(path)
    assert "The Long Read" in page.text
    assert set(states(session).values()) == {"pending"}
    assert client.post(path).status_code == 200
    assert states(session) == {"weekly": "confirmed", "long-read": "confirmed"}


def test_the_answer_is_the_same_whether_or_not_the_address_is_known(client):
    first = client.post("/newsletter", data=GOOD)
    second = client.post("/newsletter", data=GOOD)
    assert (first.status_code, first.text) == (second.status_code, second.text)


def test_all_newsletters_are_shown_unticked_with_a_preview_and_a_warning_in_russian_too(client):
    page = client.get("/newsletter").text
    assert page.count('name="newsletter"') == 3
    assert " checked>" not in page
    for slug in ("weekly", "morning", "long-read"):
        assert f'href="/newsletter/preview/{slug}"' in page
    assert "Monday to Friday" in page
    assert page.count('name="email"') == 1
    assert 'href="/privacy"' in page
    assert '<div lang="ru"' in page
    assert "Whoever runs your mailbox" in page


def test_the_block_beside_the_appeal_shows_the_first_and_the_way_to_the_others(client):
    page = client.get("/").text
    assert '<input type="hidden" name="newsletter" value="weekly">' in page
    assert "Before Breakfast" not in page
    assert '<a href="/newsletter">All our newsletters</a>' in page
    assert '<input type="hidden" name="placement" value="article">' in page


def test_an_edition_with_one_newsletter_needs_no_box(one_newsletter, client, session):
    page = client.get("/newsletter").text
    assert '<input type="hidden" name="newsletter" value="weekly">' in page
    assert "All our newsletters" not in client.get("/ru/").text
    assert client.get("/newsletter/preview").status_code == 200
    assert client.post("/newsletter", data=GOOD).status_code == 200
    assert states(session) == {"weekly": "pending"}


@pytest.mark.parametrize(
    ("given", "kept"), [("article", "article"), ("", "newsletter"), ("<b>", "newsletter")]
)
def test_where_it_was_asked_is_kept_if_it_is_a_word(client, session, given, kept):
    client.post("/newsletter", data={**GOOD, "placement": given})
    assert rows(session)[0].placement == kept


def test_a_mail_program_unsubscribes_by_one_post_without_origin(
    app, client, house, session, worker, outbox
):
    client.post("/newsletter", data=SEVERAL)
    worker.run_due()
    path = outbox.messages[0]["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    plain = app.test_client()
    answer = plain.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert set(states(session).values()) == {"unsubscribed"}


def test_and_from_one_of_them_or_from_all(app, client, house, session, worker, outbox):
    client.post("/newsletter", data=SEVERAL)
    worker.run_due()
    client.post(link_in(outbox.messages[0], "confirm"))
    plain, first = app.test_client(), rows(session)[0]
    one = house.newsletter_links.leave("en", [first.public_id])
    plain.post(one.removeprefix("http://localhost"), data={"List-Unsubscribe": "One-Click"})
    assert states(session) == {"weekly": "unsubscribed", "long-read": "confirmed"}
    everything = house.newsletter_links.leave_all("ru", first.public_id)
    path = everything.removeprefix("http://localhost")
    assert plain.get(path).status_code == 200
    assert states(session)["long-read"] == "confirmed"
    assert plain.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert set(states(session).values()) == {"unsubscribed"}


def test_a_link_signed_before_there_were_several_still_works(client, house, session):
    client.post("/newsletter", data=GOOD)
    name = rows(session)[0].public_id
    token = house.signer.sign("newsletter-confirm", name)
    assert client.post(f"/newsletter/confirm/{token}").status_code == 200
    token = house.signer.sign("newsletter-unsubscribe", name)
    assert client.post(f"/newsletter/unsubscribe/{token}").status_code == 200
    assert states(session) == {"weekly": "unsubscribed"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"email": ""}, "newsletter-email-error"),
        ({"email": "a@b.c\nBcc: x@y.z"}, "newsletter-email-error"),
        ({"consent": ""}, "newsletter-consent-error"),
        ({"newsletter": []}, "newsletter-choice-error"),
        ({"newsletter": ["gazette"]}, "newsletter-choice-error"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_the_rest_kept(client, session, changes, error):
    page = client.post("/newsletter", data={**SEVERAL, **changes})
    assert page.status_code == 422
    assert f'id="{error}"' in page.text
    if "email" not in changes:
        assert 'value="weekly@reader.example"' in page.text
    if "newsletter" not in changes:
        assert page.text.count(" checked") == (2 if "consent" in changes else 3)
    assert rows(session) == []


@pytest.mark.parametrize("token", ["forged", "x" * 400])
@pytest.mark.parametrize("what", ["confirm", "unsubscribe", "leave-all", "preferences"])
def test_a_forged_link_does_nothing(client, what, token):
    assert client.get(f"/newsletter/{what}/{token}").status_code == 404
    assert client.post(f"/newsletter/{what}/{token}").status_code == 404


def test_every_preview_is_a_real_issue_in_both_languages(client):
    for path in ("", "/weekly", "/morning", "/long-read"):
        for prefix in ("", "/ru"):
            page = client.get(f"{prefix}/newsletter/preview{path}")
            assert (page.status_code, page.text.count("<h2") >= 2) == (200, True)
    assert client.get("/newsletter/preview/gazette").status_code == 404


def test_a_service_abroad_is_named_to_the_reader(settings, clock, outbox, app):
    from donations.app import create_app

    told = settings.model_copy(
        update={
            "newsletter_service": "mailchimp",
            "newsletter_service_key": type(settings.metrics_token)("k-us1"),
            "newsletter_lists": {"weekly": "a1"},
        }
    )
    other = create_app(told, clock=clock, transport=outbox)
    assert "Mailchimp" in other.test_client().get("/newsletter").text
    with other.app_context():
        db.engine.dispose()
    assert "Mailchimp" not in app.test_client().get("/newsletter").text
