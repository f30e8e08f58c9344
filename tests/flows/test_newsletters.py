"""A reader, a mailbox and a mailing service: what the reader wants is what the service does."""

from __future__ import annotations

import json
import re

import pytest
import structlog
from sqlalchemy import select
from tests_support.live import Live, Reader
from tests_support.mailing_services import Listmonk, Mailchimp

from donations.kernel.database import Base

CANARY = "canary.letters@reader.example"
LISTS = {
    "mailchimp": {"weekly": "aud1/int1", "morning": "aud1/int2"},
    "listmonk": {"weekly": "3", "morning": "4"},
}


def started(name):
    return Mailchimp("aud1", interests=("int1", "int2")) if name == "mailchimp" else Listmonk(3, 4)


@pytest.fixture(params=sorted(LISTS))
def service(request):
    running = started(request.param)
    running.name = request.param
    yield running
    running.stop()


@pytest.fixture
def live(environment, outbox, service):
    told = {
        "NEWSLETTER_SERVICE": service.name,
        "NEWSLETTER_SERVICE_URL": service.url,
        "NEWSLETTER_SERVICE_KEY": service.KEY,
        "NEWSLETTER_LISTS": json.dumps(LISTS[service.name]),
    }
    running = Live({**environment, **told}, outbox)
    yield running
    running.stop()


@pytest.fixture
def reader(live):
    someone = Reader(live)
    yield someone
    someone.close()


def gets(service, newsletter):
    """Whether the service would send the newsletter to the reader."""
    if service.name == "listmonk":
        return service.standing(CANARY, {"weekly": 3, "morning": 4}[newsletter]) == "confirmed"
    member = service.member(CANARY, "aud1")
    interest = {"weekly": "int1", "morning": "int2"}[newsletter]
    return bool(member) and member["status"] == "subscribed" and member["interests"][interest]


def last_link(live, what):
    text = live.outbox.messages[-1].get_body(("plain",)).get_content()
    return re.search(rf"http://[^/]+(/newsletter/{what}/\S+)", text)[1]


def subscribe(live, reader):
    reader.see("/newsletter")
    reader.send(0, email=CANARY, consent="yes", newsletter=["weekly", "morning"])
    live.worker.run_due()
    reader.see(last_link(live, "confirm"))
    reader.send(0)
    live.worker.run_due()


def test_what_is_confirmed_chosen_and_left_here_is_so_at_the_service(live, reader, service):
    reader.see("/newsletter")
    reader.send(0, email=CANARY, consent="yes", newsletter=["weekly", "morning"])
    live.worker.run_due()
    assert not gets(service, "weekly")
    reader.see(last_link(live, "confirm"))
    reader.send(0)
    live.worker.run_due()
    assert gets(service, "weekly")
    assert gets(service, "morning")
    reader.see(last_link(live, "preferences"))
    reader.send(0, newsletter=["morning"])
    live.worker.run_due()
    assert not gets(service, "weekly")
    assert gets(service, "morning")
    reader.send(1, act="leave")
    live.worker.run_due()
    assert not gets(service, "morning")


def test_who_leaves_at_the_service_leaves_here(live, reader, service, session):
    subscribe(live, reader)
    if service.name == "listmonk":
        service.subscribers[1]["lists"][3] = "unsubscribed"
    else:
        service.member(CANARY, "aud1")["interests"]["int1"] = False
    live.worker.tick()
    live.worker.run_due()
    reader.see(last_link(live, "preferences"))
    boxes = re.findall(r'<input type="checkbox"[^>]*>', reader.page.text)
    assert [" checked" in box for box in boxes] == [False, True, False]


def test_no_table_and_no_log_holds_the_address(live, reader, service, session):
    with structlog.testing.capture_logs() as logs:
        subscribe(live, reader)
        live.worker.run_due()
    session.rollback()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            for value in row:
                plain = value if isinstance(value, bytes) else str(value).encode()
                assert b"canary" not in plain, table.name
    assert CANARY not in repr(logs)
