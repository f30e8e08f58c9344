from __future__ import annotations

import re

import pyotp
import pytest

from donations.kernel.database import begin_write
from donations.staff.accounts import add_member

PASSWORD = "correct horse battery"


class Staff:
    """A member of staff with a browser."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **more):
        return self.client.get(path, **more)

    def token(self, path="/office/"):
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)[1]

    def post(self, path, **fields):
        return self.client.post(path, data={"csrf_token": self.token(), **fields})


@pytest.fixture
def sign_in(app, session, master, clock):
    def as_role(role):
        begin_write(session)
        _, uri = add_member(
            session, master, login=role, password=PASSWORD, role=role, now=clock.now()
        )
        session.commit()
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        staff = Staff(client)
        answer = client.post(
            "/office/sign-in",
            data={
                "login": role,
                "password": PASSWORD,
                "code": pyotp.parse_uri(uri).at(clock.now()),
                "csrf_token": staff.token("/office/sign-in"),
            },
        )
        assert answer.status_code == 303, answer.text
        return staff

    return as_role
