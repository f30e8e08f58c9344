"""Both passes in a real browser: from the account to another site's gate, and what each sees."""

from __future__ import annotations

import socket
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from sqlalchemy import select
from tests_support.live import Live, Reader

from donations.kernel.database import db
from donations.passes.example_gate import Gate
from donations.passes.sites import add_site
from donations.supporters.models import Supporter
from donations.supporters.sessions import open_session
from donations.web.account import pass_page  # noqa: F401 - registers the page

pytestmark = pytest.mark.browser
BUTTONS = {"signed": "Get a pass", "blind": "Get a private pass"}


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def live(environment, outbox):
    running = Live(environment, outbox)
    yield running
    running.stop()


@pytest.fixture
def gate(live):
    """Another site, on a host of its own; the passes it was sent are kept."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    origin = f"http://localhost:{port}"
    serving = make_server("localhost", port, Gate(live.base_url, origin), handler_class=Quiet)
    threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True).start()
    with live.app.app_context():
        add_site(db.session(), f"{origin}/", by="admin", now=live.clock.now())
    yield origin
    serving.shutdown()
    serving.server_close()


@pytest.fixture
def account(live):
    """The cookie of a member who has signed in."""
    reader = Reader(live)
    reader.choose("monthly", "1500")
    reader.pay()
    live.settle()
    reader.close()
    with live.app.app_context():
        session = db.session()
        number = session.scalars(select(Supporter.id)).one()
        token = open_session(session, number, live.clock.now())
        session.commit()
    return {"name": "account", "value": token, "url": live.base_url}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", BUTTONS)
def test_a_member_takes_a_pass_to_another_site_and_is_asked_no_more(
    chromium, live, gate, account, kind
):
    context = chromium.new_context()
    context.add_cookies([account])
    page, wrongs, asked = context.new_page(), [], []
    page.on("pageerror", lambda error: wrongs.append(str(error)))
    page.on("console", lambda said: wrongs.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{gate}/")
    assert page.get_by_text("Please support us.").is_visible()
    page.goto(f"{gate}/members")
    page.get_by_role("link", name="I am one.").click()
    page.get_by_role("button", name=BUTTONS[kind], exact=True).click()
    page.get_by_role("link", name="Take it to").click()
    page.wait_for_url(f"{gate}/members")  # the page the reader came from, remembered by the tab
    assert page.get_by_text("The letter from the editor.").is_visible()
    page.goto(f"{gate}/")
    assert page.get_by_text("Please support us.").count() == 0
    assert page.get_by_text("Thank you for your support.").is_visible()
    (cookie,) = [one for one in context.cookies(gate) if one["name"] == "pass"]
    assert cookie["value"].startswith("b." if kind == "blind" else "ey")
    assert all(cookie["value"] not in url for url in asked), "the pass went to a server's log"
    assert [one for one in wrongs if not one.startswith("Failed to load")] == []
    context.close()
