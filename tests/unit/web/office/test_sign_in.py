import re
from datetime import timedelta

import pyotp
import pytest

from donations.kernel.database import begin_write
from donations.staff.accounts import add_member
from donations.staff.sessions import IDLE

PASSWORD = "correct horse battery"


@pytest.fixture
def ann(session, master, clock):
    begin_write(session)
    _, uri = add_member(
        session, master, login="ann", password=PASSWORD, role="finance", now=clock.now()
    )
    session.commit()
    return pyotp.parse_uri(uri)


@pytest.fixture
def enter(client, clock, ann):
    def entered(address="/office/sign-in", **changes):
        page = client.get(address).text
        fields = {
            "login": "ann",
            "password": PASSWORD,
            "code": ann.at(clock.now()),
            "csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1],
        }
        return client.post(address, data={**fields, **changes})

    return entered


def problem(answer):
    return re.search(r'role="alert">([^<]+)<', answer.text)[1]


def test_whatever_is_wrong_the_page_says_the_same(enter):
    answers = [
        enter(password="wrong wrong wrong"),
        enter(code="000000"),
        enter(login="nobody"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({problem(answer) for answer in answers}) == 1


def test_the_password_is_never_sent_back(enter):
    answer = enter(code="000000", password="a secret of mine")
    assert "a secret of mine" not in answer.text


def test_an_account_under_attack_says_when_it_opens_again(enter):
    for _ in range(5):
        enter(password="guess guess", code="000000")
    answer = enter()
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 61
    assert "1 min" in problem(answer)


def test_empty_fields_are_named_where_they_are(enter):
    answer = enter(login="", password="", code="")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3
    assert 'aria-describedby="code-wrong"' in answer.text


def test_a_form_we_did_not_show_signs_nobody_in(enter):
    answer = enter(csrf_token="forged")
    assert answer.status_code == 422
    assert "open too long" in problem(answer)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/office/gifts?month=2026-11", "/office/gifts?month=2026-11"),
        ("https://evil.example/office/", "/office/"),
        ("//evil.example/office/", "/office/"),
        ("/office/../support", "/office/"),
        ("/office/\\evil.example", "/office/"),
        ("/support", "/office/"),
    ],
)
def test_signing_in_leads_back_to_an_office_page_and_nowhere_else(client, enter, wanted, reached):
    with client.application.test_request_context():
        address = client.application.url_for("office.sign_in", next=wanted)
    answer = enter(address)
    assert (answer.status_code, answer.location) == (303, reached)


def test_signing_in_makes_a_session_nobody_held_before(client, enter):
    client.set_cookie("office", "planted")
    enter()
    assert client.get_cookie("office").value != "planted"


def test_a_page_left_idle_asks_to_sign_in_and_leads_back(client, clock, enter):
    enter()
    assert client.get("/office/gifts").status_code == 200
    clock.advance(IDLE + timedelta(seconds=1))
    answer = client.get("/office/gifts?state=awaiting")
    assert answer.status_code == 303
    assert "next=/office/gifts?state%3Dawaiting" in answer.location


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(client, enter):
    enter()
    copy = client.get_cookie("office").value
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/office/").text)[1]
    assert client.post("/office/sign-out", data={"csrf_token": token}).status_code == 303
    assert client.get_cookie("office") is None
    client.set_cookie("office", copy)
    assert client.get("/office/").status_code == 303


@pytest.fixture
def over_https(environment):
    environment["BASE_URL"] = "https://localhost"


@pytest.mark.usefixtures("over_https")
def test_over_https_no_other_host_can_plant_the_cookie(client, enter):
    client.environ_base["wsgi.url_scheme"] = "https"
    answer = enter()
    assert answer.status_code == 303, answer.text
    cookies = answer.headers.getlist("Set-Cookie")
    (ours,) = [cookie for cookie in cookies if cookie.startswith("__Host-office=")]
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Strict"):
        assert part in ours
    assert "Domain" not in ours
