import pytest
from tests_support.members import join
from tests_support.stripe import FakeGateway


@pytest.fixture
def gateway(session):
    return FakeGateway(session)


@pytest.fixture
def member(session, master, clock):
    """Makes a member; the membership."""

    def one(name="abcdefghjkmn", **more):
        return join(session, master, clock.now(), name, **more)

    return one
