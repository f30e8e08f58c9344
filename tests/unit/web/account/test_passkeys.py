"""Passkeys: made while signed in, then enough by themselves; nothing else is."""

import re
from datetime import timedelta

import pytest
from tests_support.authenticator import PRESENT, Authenticator

from donations.supporters.passkeys import MOST


@pytest.fixture
def phone():
    return Authenticator()


@pytest.fixture
def add(signed_in):
    """Add a passkey to the member's account; the answer and the visit."""

    def one(phone, visit=None):
        visit = visit or signed_in()
        page = visit.get("/account/passkeys").text
        token = re.search(r'data-token="([0-9a-f]+)"', page)[1]
        options = visit.client.post("/account/passkeys/options", data={"csrf_token": token})
        if options.status_code != 200:
            return options, visit
        made = {"csrf_token": token, "answer": phone.make(options.text)}
        return visit.client.post("/account/passkeys", data=made), visit

    return one


@pytest.fixture
def enter(browser):
    """Sign in with a passkey; the answer and the browser."""

    def one(phone, *, options=None, **fields):
        visitor = browser()
        asked = options or visitor.post("/account/sign-in/passkey/options").text
        data = {"answer": phone.answer(asked), **fields}
        return visitor.post("/account/sign-in/passkey", data=data), visitor

    return one


def test_a_passkey_made_in_the_account_signs_in_without_a_letter(add, enter, phone):
    answer, _ = add(phone)
    assert (answer.status_code, answer.text) == (200, "/account/passkeys")
    answer, visitor = enter(phone, next="/account/letters")
    assert (answer.status_code, answer.text) == (200, "/account/letters")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert visitor.get("/account").status_code == 200


def test_what_an_authenticator_is_told_names_nobody(signed_in):
    page = signed_in().get("/account/passkeys").text
    assert "reader.example" not in page


def test_an_answer_is_good_once(add, enter, phone, browser):
    add(phone)
    options = browser().post("/account/sign-in/passkey/options").text
    assert enter(phone, options=options)[0].status_code == 200
    assert enter(phone, options=options)[0].status_code == 422


def test_an_answer_that_comes_late_is_refused(add, enter, phone, browser, clock):
    add(phone)
    options = browser().post("/account/sign-in/passkey/options").text
    clock.advance(timedelta(minutes=5))
    assert enter(phone, options=options)[0].status_code == 422


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"flags": PRESENT},  # somebody held the phone and did not unlock it
        {"owner": b"somebodyelse"},
        {"name": b"another credential"},
        {"key": Authenticator().key},
    ],
)
def test_an_answer_that_lies_is_refused_without_a_reason(add, enter, phone, lie):
    add(phone)
    for name, value in lie.items():
        setattr(phone, name, value)
    answer, _ = enter(phone)
    assert answer.status_code == 422
    assert "was not accepted" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_copied_passkey_whose_count_goes_back_is_refused(add, enter, phone):
    phone.uses = 5
    add(phone)
    phone.uses = 1
    assert enter(phone)[0].status_code == 422


@pytest.mark.parametrize("answer", ["", "{}", "[]", '{"id": 1}', "\x00", '{"response": null}'])
def test_nonsense_is_refused(browser, answer):
    assert browser().post("/account/sign-in/passkey", data={"answer": answer}).status_code == 422


def test_a_passkey_removed_opens_nothing(add, enter, phone):
    _, visit = add(phone)
    page = visit.get("/account/passkeys").text
    path = re.search(r'action="(/account/passkeys/\w+/remove)"', page)[1]
    assert visit.post(path, at="/account/passkeys").status_code == 303
    assert enter(phone)[0].status_code == 422


def test_a_passkey_is_added_once_and_there_may_be_ten(add, phone):
    _, visit = add(phone)
    assert add(phone, visit)[0].status_code == 422
    for _ in range(MOST - 1):
        assert add(Authenticator(), visit)[0].status_code == 200
    page = visit.get("/account/passkeys").text
    assert "data-token" not in page


def test_a_number_for_a_host_has_no_passkeys(app, browser, monkeypatch):
    monkeypatch.setattr("donations.web.account.passkey_party.party", lambda: None)
    monkeypatch.setattr("donations.web.account.sign_in.party", lambda: None)
    assert "data-passkey" not in browser().get("/account/sign-in").text
