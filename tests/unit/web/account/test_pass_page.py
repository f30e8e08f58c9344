import base64
import json
import re

import pytest
from sqlalchemy import select
from tests_support import stripe

from donations.giving.memberships import follow
from donations.giving.models import Checkout
from donations.passes import issuing
from donations.passes.blind import PublicKey, blind, finalize, prepare
from donations.passes.issuing import unbase64
from donations.passes.models import PassCount
from donations.passes.sites import add_site
from donations.passes.verifying import BadPass, blind_message, read_pass
from donations.supporters.directory import recognise
from donations.supporters.sessions import open_session
from donations.web.account import pass_page  # noqa: F401 - registers the page

SITE, LANDING = "https://news.example", "https://news.example/supporters"


@pytest.fixture
def site(session, clock):
    return add_site(session, LANDING, by="admin", now=clock.now()).public_id


@pytest.fixture
def supporter(client, session, master, clock):
    """Signs somebody in; a member unless told otherwise."""

    def one(*, member=True, email="vera@reader.example", name="abcdefghjkmn"):
        if member:
            checkout = Checkout(
                public_id=name,
                attempt_key=name.encode().ljust(32, b"k"),
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
                subscription=stripe.subscription(name, id=f"sub_{name}"),
                person=stripe.Person(email, "Vera", f"cus_{name}"),
                checkout=checkout,
                asked_at=clock.now(),
                now=clock.now(),
            )
            number = row.supporter.id
        else:
            known = {"email": email, "name": "Vera", "customer": None, "language": "en"}
            number = recognise(session, master, **known, now=clock.now()).id
        token = open_session(session, number, clock.now())
        session.commit()
        client.set_cookie("account", token)
        return number

    return one


def post(client, **fields):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account/pass").text)[1]
    return client.post("/account/pass", data={"csrf_token": token, **fields})


def believed(client, text, clock, audience=SITE):
    keys = {name: client.get(f"/api/pass/{name}").json for name in ("keys", "blind-keys")}
    return read_pass(
        text,
        keys=keys["keys"],
        blind_keys=keys["blind-keys"],
        issuer="http://localhost",
        audience=audience,
        now=clock.now(),
    )


def test_whoever_is_not_signed_in_is_asked_to(client, site):
    answer = client.get("/account/pass")
    assert answer.status_code == 303
    assert "/account/sign-in?next=" in answer.location


def test_a_member_takes_a_signed_pass_by_a_link_with_the_pass_behind_the_hash(
    client, supporter, site, clock
):
    supporter()
    answer = post(client, site=site)
    assert answer.status_code == 200
    link = re.search(rf'href="({LANDING}#pass=[^"]+)" rel="noreferrer"', answer.text)[1]
    assert "?" not in link
    assert believed(client, link.partition("#pass=")[2], clock) == "member"
    assert answer.headers["Cache-Control"] == "no-store"


def test_two_members_take_the_same_pass(client, supporter, site):
    taken = []
    for name in ("abcdefghjkmn", "nmkjhgfedcba"):
        supporter(email=f"{name}@reader.example", name=name)
        taken.append(re.search(r"#pass=([^\"]+)", post(client, site=site).text)[1])
    assert taken[0] == taken[1]


def blind_form(client):
    page = client.get("/account/pass").text
    form = re.search(r"<form[^>]*data-blind[^>]*>", page)[0]
    told = dict(re.findall(r'data-([a-z]+)="([^"]*)"', form))
    numbers = (int.from_bytes(unbase64(told[name])) for name in ("n", "e"))
    return told, PublicKey(*numbers)


def text_of(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_member_takes_a_blind_pass_that_the_server_never_saw(
    client, supporter, site, clock, session
):
    supporter()
    told, key = blind_form(client)
    prepared = prepare(blind_message(told["audience"], bytes(range(16))))
    hidden = blind(key, prepared)
    sent = text_of(hidden.message)
    answer = post(client, site=site, kid=told["kid"], blinded=sent)
    assert answer.status_code == 200
    signed = unbase64(re.search(r'data-signed="([^"]+)"', answer.text)[1])
    made = finalize(key, prepared, signed, hidden.inverse)
    text = f"b.{told['kid']}.{text_of(prepared)}.{text_of(made)}"
    assert believed(client, text, clock) == "member"
    with pytest.raises(BadPass):
        believed(client, text, clock, audience="https://other.example")
    for seen in (sent, answer.text):
        assert text_of(made) not in seen and text_of(prepared) not in seen
    assert [row.taken for row in session.scalars(select(PassCount))] == [1]


def test_a_day_has_so_many_blind_passes(client, supporter, site, monkeypatch):
    monkeypatch.setattr(issuing, "BLIND_A_DAY", 0)
    supporter()
    told, key = blind_form(client)
    sent = text_of(blind(key, prepare(b"x")).message)
    answer = post(client, site=site, kid=told["kid"], blinded=sent)
    assert answer.status_code == 429
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("change", [{"kid": "20200101-member-aaaaaa"}, {"blinded": "nonsense"}])
def test_a_hidden_message_that_cannot_be_signed_is_refused_in_words(
    client, supporter, site, change
):
    supporter()
    told, key = blind_form(client)
    sent = {"kid": told["kid"], "blinded": text_of(blind(key, prepare(b"x")).message)}
    answer = post(client, site=site, **{**sent, **change})
    assert answer.status_code == 422
    assert "Please try once more." in answer.text


def test_whoever_supports_us_no_more_gets_none(client, supporter, site):
    supporter(member=False)
    page = client.get("/account/pass").text
    assert "data-blind" not in page and "Get a pass" not in page
    answer = post(client, site=site)
    assert answer.status_code == 403
    assert "#pass=" not in answer.text


def test_a_site_nobody_added_gets_none(client, supporter, site):
    supporter()
    assert post(client, site="nobody").status_code == 404


def test_a_pass_is_made_for_a_form_of_ones_own_session_alone(client, supporter, site):
    supporter()
    assert client.post("/account/pass", data={"site": site}).status_code == 400


def test_the_page_runs_our_own_script_and_needs_none_for_the_signed_pass(client, supporter, site):
    supporter()
    page = client.get("/account/pass").text
    assert re.findall(r"<script[^>]*src=\"([^?\"]+)", page) == [
        "/static/js/blind.js",
        "/static/js/reader.js",
    ]
    assert re.search(r"<form[^>]*hidden data-blind", page)
    assert "onclick" not in page


def test_what_the_page_hands_to_the_script_is_the_key_that_is_published(client, supporter, site):
    supporter()
    told, _ = blind_form(client)
    keys = client.get("/api/pass/blind-keys").json["keys"]
    (key,) = [one for one in keys if one["kid"] == told["kid"]]
    assert {name: key[name] for name in ("n", "e")} == {name: told[name] for name in ("n", "e")}
    assert json.dumps(key).count('"member"') == 1
