"""What a newsroom's own programs see of a membership's life: passes, lookups, events."""

import http.server
import json
import re
import threading

import pytest
from tests_support.live import EMAIL

from donations.kernel.database import db
from donations.partners.endpoints import add_endpoint
from donations.partners.keys import make_key
from donations.partners.kinds import Told
from donations.partners.outward import Outward
from donations.partners.signing import is_signed
from donations.partners.telling import DELIVER_JOB


class Cms:
    """The newsroom's CMS: hears events, takes each once by its id, and fails when told to."""

    def __init__(self):
        self.secret = ""
        self.heard, self.failures = [], 0
        cms = self

        class Hook(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                cms.heard.append((self.headers["Donations-Signature"], body))
                cms.failures -= 1
                self.send_response(503 if cms.failures >= 0 else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def bodies(self):
        return [json.loads(body) for _, body in self.heard]

    @property
    def kinds(self):
        """What it knows: each event once, by the number it states."""
        once = {body["id"]: body for body in self.bodies}
        return [one["kind"] for one in sorted(once.values(), key=lambda one: one["number"])]


@pytest.fixture
def cms(live):
    running = Cms()
    outward = Outward(inside_too=True)
    with live.app.app_context():
        _, running.secret = add_endpoint(
            db.session(),
            live.house.master,
            outward,
            url=running.url,
            label="CMS",
            kinds=[one.value for one in Told],
            by="admin",
            now=live.clock.now(),
        )
        scopes = ["lookup", "events"]
        _, running.key = make_key(db.session(), "CMS", scopes, by="admin", now=live.clock.now())
    yield running
    running.close()


def asked(reader, cms, path, **headers):
    given = {"Authorization": f"Bearer {cms.key}", **headers}
    return reader.http.get(f"{reader.live.base_url}{path}", headers=given, timeout=30)


def looked_up(reader, cms, email=EMAIL):
    return asked(reader, cms, "/api/supporters/lookup", **{"Supporter-Email": email}).json()


def test_a_cms_hears_of_a_membership_as_it_begins_and_ends(live, reader, cms):
    assert looked_up(reader, cms)["supporter"] is False
    reader.choose("monthly", "1500")
    reader.pay()
    live.settle()
    assert cms.kinds == ["membership.joined", "gift.paid"]
    told = looked_up(reader, cms)
    assert told["member"] is True and re.fullmatch(r"\d{4}-\d\d", told["since"])
    for signature, body in cms.heard:
        assert is_signed(cms.secret, body, signature, live.clock.now())
        assert EMAIL.encode() not in body and b"Vera" not in body
    joined, paid = cms.bodies
    assert joined["membership"]["id"] == paid["membership"]["id"]
    assert joined["supporter"] == paid["supporter"]
    assert (paid["gift"]["amount_minor"], paid["gift"]["currency"]) == (1500, "usd")
    read = asked(reader, cms, "/api/events").json()["events"]
    assert sorted(read, key=lambda one: one["number"]) == sorted(
        cms.bodies, key=lambda one: one["number"]
    )


def test_a_gift_given_once_is_told_as_paid(live, reader, cms):
    reader.choose("once", "5000")
    reader.pay()
    live.settle()
    assert cms.kinds == ["gift.paid"]
    assert cms.bodies[0]["membership"] is None
    told = looked_up(reader, cms)
    assert (told["supporter"], told["member"]) == (True, False)


def test_a_cms_that_was_down_hears_of_it_later_under_the_same_ids(live, reader, cms):
    cms.failures = 2
    reader.choose("monthly", "1500")
    reader.pay()
    live.settle()
    assert len(cms.heard) == 2
    first = {body["id"] for body in cms.bodies}
    with live.app.app_context():
        from sqlalchemy import update

        from donations.jobs.models import Job

        waiting = update(Job).where(Job.kind == DELIVER_JOB)
        db.session().execute(waiting.values(run_at=live.clock.now()))
        db.session().commit()
    live.settle()
    assert len(cms.heard) == 4
    assert {body["id"] for body in cms.bodies} == first
    assert cms.kinds == ["membership.joined", "gift.paid"]


def test_every_turn_of_a_membership_is_told_once(live, reader, cms):
    reader.choose("monthly", "1500")
    reader.pay()
    live.settle()
    name = live.last("subscription")
    update = live.house.gateway.changes
    update.end_with_period(name, idempotency_key="a")
    live.settle()
    update.keep(name, idempotency_key="b")
    live.settle()
    live.house.gateway.cancel_subscription(name, idempotency_key="c")
    live.settle()
    assert cms.kinds == [
        "membership.joined",
        "gift.paid",
        "membership.cancels_at_period_end",
        "membership.changed",
        "membership.cancelled",
    ]
    assert looked_up(reader, cms)["member"] is False
