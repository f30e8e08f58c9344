import pytest
from tests_support.members import join


@pytest.fixture
def joined(session, master, clock):
    """Makes a member of somebody; gives the membership's public id."""

    def one(name="abcdefghjkmn", **more):
        return join(session, master, clock.now(), name, **more).public_id

    return one
