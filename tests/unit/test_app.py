"""Wiring: every promise has somebody who keeps it, every page its address."""

import operator
import re
from importlib import import_module
from pathlib import Path

import pytest

import donations
from donations.app import create_app, create_worker
from donations.dunning.kinds import Kind

_PROMISED = re.compile(r"\benqueue(?:_many)?\(\s*session,\s*([\w.]+),")
_SAID_ELSEWHERE = {
    "self.kind",
    "kind.value",
    "kind",
    "letter",
}  # schedules, notices, the outbox itself


def test_every_kind_of_work_that_is_promised_has_a_hand(app):
    hands = set(create_worker(app).runner._handlers)
    assert {kind.value for kind in Kind} <= hands
    assert {schedule.kind for schedule in create_worker(app)._schedules} <= hands
    home = Path(donations.__file__).parent
    for path in home.rglob("*.py"):
        if "sandbox" in path.parts or "mail_catcher" in path.parts:
            continue
        for name in set(_PROMISED.findall(path.read_text())) - _SAID_ELSEWHERE:
            module = import_module(".".join(path.relative_to(home.parent).with_suffix("").parts))
            assert operator.attrgetter(name)(module) in hands, f"{module.__name__}: {name}"


def test_the_offices_cookie_stays_in_the_office(app):
    assert app.config["SESSION_COOKIE_PATH"] == "/office"
    assert app.config["SESSION_COOKIE_HTTPONLY"]
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Strict"


@pytest.mark.parametrize(
    ("base", "secure"), [("http://localhost", False), ("https://a.example", True)]
)
def test_over_https_every_cookie_is_secure(environment, base, secure, clock, outbox):
    from donations.kernel.database import db
    from donations.settings import read_settings

    made = create_app(
        read_settings({**environment, "BASE_URL": base}), clock=clock, transport=outbox
    )
    assert made.config["SESSION_COOKIE_SECURE"] is secure
    with made.app_context():
        db.engine.dispose()


def test_no_two_routes_share_an_address_and_method(app):
    seen = set()
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            assert (rule.rule, method) not in seen
            seen.add((rule.rule, method))


def test_no_page_needs_a_trailing_slash_guess(client):
    assert client.post("/webhooks/stripe/").status_code == 404
