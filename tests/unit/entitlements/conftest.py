import pytest
from tests_support.tiers import Member, reader_and_friend


@pytest.fixture
def tiers(session):
    """The ids of the two tiers by their codes."""
    return {one.code: one.id for one in reader_and_friend(session)}


@pytest.fixture
def member(session, master, tiers):
    """A member of the tier `reader`, not paid for yet."""
    return Member(session, master)
