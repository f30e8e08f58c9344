"""Somebody with an account, and the browser they are signed in with."""

import re

import pytest
from tests_support.members import join

from donations.supporters.sessions import open_session

EMAIL = "vera@reader.example"


@pytest.fixture
def member(session, master, clock):
    """A monthly member, and who they are."""
    return join(session, master, clock.now(), email=EMAIL)


@pytest.fixture
def browser(app):
    """Another browser on our own pages."""

    def one():
        made = app.test_client()
        made.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return made

    return one


@pytest.fixture
def signed_in(browser, member, session, clock):
    """The member's browser, signed in; `send` posts the form of a page with its token."""

    def one(supporter_id=None):
        client = browser()
        token = open_session(session, supporter_id or member.supporter_id, clock.now())
        session.commit()
        client.set_cookie("account", token)
        return Visit(client)

    return one


class Visit:
    """A browser that sends forms with the token the page carried."""

    def __init__(self, client):
        self.client = client

    def get(self, path):
        return self.client.get(path)

    def post(self, path, at=None, **fields):
        page = self.client.get(at or path).text
        found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)
        token = found[1] if found else ""
        return self.client.post(path, data={"csrf_token": token, **fields})
