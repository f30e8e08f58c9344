from __future__ import annotations

import pytest
from sqlalchemy import select

from donations.newsletters.confirming import confirm
from donations.newsletters.models import AudienceMember, Subscription
from donations.newsletters.subscribing import Request, ask

ADDRESS = "weekly@reader.example"


def wish(*newsletters, email=ADDRESS, language="en", placement="newsletter"):
    return Request(newsletters or ("weekly",), email, language, "I agree", placement)


class Desk:
    """The subscriptions as a test looks at them."""

    def __init__(self, session, master, clock):
        self.session, self.master, self.clock = session, master, clock

    def ask(self, *newsletters, **more):
        ask(self.session, self.master, wish(*newsletters, **more), now=self.clock.now())

    def rows(self, **where):
        self.session.rollback()
        self.session.expire_all()
        query = select(Subscription).filter_by(**where).order_by(Subscription.id)
        return list(self.session.scalars(query))

    def names(self, **where):
        return [row.public_id for row in self.rows(**where)]

    def states(self):
        return {row.newsletter: row.state for row in self.rows()}

    def subscribe(self, *newsletters, **more):
        self.ask(*newsletters, **more)
        index = self.master.index("email", more.get("email", ADDRESS))
        names = self.names(email_index=index, state="pending")
        confirm(self.session, names, self.clock.now())
        return names

    def members(self):
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.scalars(select(AudienceMember).order_by(AudienceMember.id)))


@pytest.fixture
def desk(session, master, clock):
    return Desk(session, master, clock)
