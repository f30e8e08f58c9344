"""The gate as it stands before a real issuer: our own application on a port."""

import base64
import json
import threading
from datetime import timedelta
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from donations.passes.blind import blind, blind_sign, finalize, prepare
from donations.passes.entitled import Level
from donations.passes.example_gate import Gate
from donations.passes.issuing import private_key, signed_pass
from donations.passes.keys import BLIND, JWT, private_part, published, signing_key
from donations.passes.verifying import blind_message

SITE = "https://news.example"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


class Issuer:
    """Serves the keys it is given, and counts how often it was asked."""

    def __init__(self):
        self.keys = {"/api/pass/keys": [], "/api/pass/blind-keys": []}
        self.asked = 0
        self.status = "200 OK"
        self.server = make_server("127.0.0.1", 0, self, handler_class=Quiet)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __call__(self, environ, start):
        self.asked += 1
        kept = ("Cache-Control", "public, max-age=3600")
        start(self.status, [("Content-Type", "application/json"), kept])
        return [json.dumps({"keys": self.keys[environ["PATH_INFO"]]}).encode()]


@pytest.fixture
def issuer(session, keys, clock):
    running = Issuer()
    now = clock.now()
    running.keys["/api/pass/keys"] = [json.loads(k.public) for k in published(session, JWT, now)]
    running.keys["/api/pass/blind-keys"] = [
        {
            **json.loads(key.public),
            "level": key.level,
            "nbf": int(key.starts_at.timestamp()),
            "exp": int(key.valid_until.timestamp()),
        }
        for key in published(session, BLIND, now)
    ]
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def gate(issuer, clock):
    return Gate(issuer.url, SITE, clock.now)


def ask(gate, path, text=None):
    said = {}

    def start(status, headers):
        said["status"], said["headers"] = int(status[:3]), dict(headers)

    cookie = {"HTTP_COOKIE": f"other=1; pass={text}"} if text else {}
    body = b"".join(gate({"PATH_INFO": path, **cookie}, start)).decode()
    return said["status"], body, said["headers"]


def signed(session, master, issuer, clock, level=Level.MEMBER):
    return signed_pass(session, master, level, issuer=issuer.url, audience=SITE, now=clock.now())


def blind_pass(session, master, clock, level="member"):
    key = signing_key(session, BLIND, level, clock.now())
    private = private_key(private_part(master, key))
    prepared = prepare(blind_message(SITE, bytes(16)))
    hidden = blind(private.public, prepared)
    made = finalize(private.public, prepared, blind_sign(private, hidden.message), hidden.inverse)
    said, mark = (base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in (prepared, made))
    return f"b.{key.kid}.{said}.{mark}"


def test_without_a_pass_it_asks_and_the_members_page_is_closed(gate):
    status, page, headers = ask(gate, "/")
    assert status == 200 and "data-ask" in page and "/account/pass" in page
    assert headers["Cache-Control"] == "private, no-store"
    status, page, _ = ask(gate, "/members")
    assert status == 403 and "/account/pass" in page
    assert ask(gate, "/elsewhere")[0] == 404


def test_with_either_pass_it_asks_nothing_and_the_members_page_is_open(
    gate, session, master, issuer, clock
):
    for text in (signed(session, master, issuer, clock), blind_pass(session, master, clock)):
        assert "data-ask" not in ask(gate, "/", text)[1]
        assert ask(gate, "/members", text)[0] == 200


def test_a_supporter_is_not_asked_and_is_no_member(gate, session, master, issuer, clock):
    passes = (
        signed(session, master, issuer, clock, Level.SUPPORTER),
        blind_pass(session, master, clock, "supporter"),
    )
    for text in passes:
        assert "data-ask" not in ask(gate, "/", text)[1]
        assert ask(gate, "/members", text)[0] == 403


@pytest.mark.parametrize("text", ["nonsense", "b.x.y.z", "a.b.c", '"'])
def test_what_is_no_pass_is_none(gate, text):
    assert ask(gate, "/members", text)[0] == 403


def test_the_keys_are_fetched_once_for_an_hour(gate, session, master, issuer, clock):
    text = signed(session, master, issuer, clock)
    for _ in range(5):
        ask(gate, "/members", text)
    assert issuer.asked == 2
    clock.advance(timedelta(hours=1))
    ask(gate, "/members", text)
    assert issuer.asked == 4


def test_a_key_it_does_not_have_is_looked_for_once_a_minute(gate, session, master, issuer, clock):
    text, there = blind_pass(session, master, clock), issuer.keys["/api/pass/blind-keys"]
    issuer.keys["/api/pass/blind-keys"] = []
    for _ in range(5):
        assert ask(gate, "/members", text)[0] == 403
    assert issuer.asked == 2
    issuer.keys["/api/pass/blind-keys"] = there
    clock.advance(timedelta(minutes=1))
    assert ask(gate, "/members", text)[0] == 200


def test_while_the_issuer_is_away_the_keys_it_has_go_on(gate, session, master, issuer, clock):
    text = signed(session, master, issuer, clock)
    assert ask(gate, "/members", text)[0] == 200
    issuer.status = "503 Service Unavailable"
    clock.advance(timedelta(hours=2))
    assert ask(gate, "/members", text)[0] == 200


def test_it_serves_its_own_copy_of_the_script(gate):
    status, text, headers = ask(gate, "/pass.js")
    assert status == 200 and "data-ask" in text
    assert headers["Content-Type"].startswith("text/javascript")
