from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support import stripe

from donations.giving.memberships import follow
from donations.giving.models import Checkout
from donations.partners.keys import A_MINUTE, make_key, revoke
from donations.partners.kinds import Told
from donations.partners.models import ApiKeyDay
from donations.partners.telling import tell

PATH = "/api/supporters/lookup"
EMAIL = "vera@reader.example"
NOBODY = {"supporter": False, "member": False, "tier": None, "since": None, "until": None}


@pytest.fixture
def key(session, clock):
    def one(*scopes):
        return make_key(session, "CMS", scopes or ["lookup"], by="admin", now=clock.now())[1]

    return one


@pytest.fixture
def ask(app):
    """The CMS: a program without cookies or a browser's headers."""

    def one(token="", email=EMAIL, path=PATH):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return app.test_client().get(path, headers={**headers, "Supporter-Email": email})

    return one


@pytest.fixture
def member(session, master, clock):
    checkout = Checkout(
        public_id="abcdefghjkmn",
        attempt_key=b"k" * 32,
        frequency="monthly",
        amount_minor=5000,
        currency="usd",
        language="en",
        placement="support",
        created_at=clock.now(),
    )
    session.add(checkout)
    session.flush()
    row = follow(
        session,
        master,
        subscription=stripe.subscription("abcdefghjkmn"),
        person=stripe.Person(EMAIL, "Vera Reader", "cus_1"),
        checkout=checkout,
        asked_at=clock.now(),
        now=clock.now(),
    )
    session.commit()
    return row


def test_a_member_is_told_as_one_and_nothing_more(ask, key, member):
    answer = ask(key())
    assert answer.status_code == 200
    assert answer.json == {
        "supporter": True,
        "member": True,
        "tier": None,
        "since": "2026-11",
        "until": "2026-12-24",
    }
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "email", ["VERA@reader.example", " vera@reader.example", "vera%40reader.example"]
)
def test_an_address_is_known_however_it_is_spelt(ask, key, member, email):
    assert ask(key(), email).json["member"]


def test_whoever_nobody_knows_is_no_supporter(ask, key, member):
    answer = ask(key(), "nobody@reader.example")
    assert (answer.status_code, answer.json) == (200, NOBODY)


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a@reader.example, b@reader.example", "%ff"]
)
def test_what_is_no_address_is_a_bad_request(ask, key, email):
    answer = ask(key(), email)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_an_address_in_the_query_is_refused_so_that_nobody_gets_used_to_it(ask, key, member):
    answer = ask(key(), path=f"{PATH}?email={EMAIL}")
    assert answer.status_code == 400
    assert EMAIL not in answer.text


def test_without_a_key_in_force_the_answer_is_401(ask, key, session, clock, member):
    token = key()
    revoke(session, token.split("_")[1], by="admin", now=clock.now())
    for given in ("", "dk_nonsense", token):
        answer = ask(given)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json["status"] == 401
        assert answer.mimetype == "application/problem+json"


def test_a_key_is_taken_from_its_header_alone(app, key, member):
    token = key()
    browser = app.test_client()
    for path, headers in (
        (f"{PATH}?key={token}", {}),
        (PATH, {"Authorization": f"Basic {token}"}),
        (PATH, {"Authorization": token}),
    ):
        assert browser.get(path, headers={**headers, "Supporter-Email": EMAIL}).status_code == 401


def test_a_key_for_something_else_is_refused_with_403(ask, key, member):
    answer = ask(key("events"))
    assert (answer.status_code, answer.json["title"]) == (403, "Forbidden")
    assert ask(key("lookup"), path="/api/events").status_code == 403


def test_too_many_requests_in_a_minute_are_refused_with_429(ask, key, clock, member):
    token = key()
    for _ in range(A_MINUTE):
        assert ask(token).status_code == 200
    answer = ask(token)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    clock.advance(timedelta(minutes=1))
    assert ask(token).status_code == 200


def test_each_request_is_counted_and_who_was_asked_about_is_written_nowhere(
    ask, key, session, member, caplog, capsys
):
    token = key()
    ask(token)
    ask(token, "nobody@reader.example")
    ask("dk_nonsense")
    row = session.scalars(select(ApiKeyDay)).one()
    assert (row.answered, row.refused) == (2, 0)
    said = capsys.readouterr()
    for text in (caplog.text, said.out, said.err):
        assert "reader.example" not in text
        assert token not in text


def test_events_are_read_after_a_number(ask, key, session, clock):
    token = key("events")
    for cause in "ab":
        tell(session, Told.PAID, None, cause=cause, now=clock.now())
    session.commit()
    found = ask(token, path="/api/events").json["events"]
    assert [event["kind"] for event in found] == ["gift.paid", "gift.paid"]
    last = found[0]["number"]
    assert ask(token, path=f"/api/events?after={last}").json["events"] == found[1:]
    for wrong in ("x", "-1", "9" * 30, "²"):
        assert ask(token, path=f"/api/events?after={wrong}").status_code == 400
