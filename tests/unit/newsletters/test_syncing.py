import pytest
from tests_support.audiences import REFUSALS, FakeAudience

from donations.kernel.errors import TryAgainLater
from donations.newsletters import syncing
from donations.newsletters.leaving import unsubscribe
from donations.newsletters.syncing import Told, every_reader, tell_all, to_tell
from donations.newsletters.telling import Teller


@pytest.fixture
def audience():
    return FakeAudience()


@pytest.fixture
def sync(master, audience, house, sessions, clock):
    teller = Teller(master, audience, house.newsletter_links)

    def run(after_each=lambda: None):
        with sessions() as own:
            return tell_all(own, teller, clock.now(), after_each=after_each)

    return run


@pytest.fixture
def five(desk):
    return [
        name
        for number in range(5)
        for name in desk.subscribe("weekly", email=f"r{number}@reader.example")
    ]


def test_everybody_is_told_of_once_in_however_many_pages(
    five, sync, audience, session, monkeypatch
):
    monkeypatch.setattr(syncing, "_AT_ONCE", 2)
    assert to_tell(session, audience) == 5
    session.rollback()
    ticks = []
    assert sync(lambda: ticks.append(1)) == Told(5, 0)
    assert (len(audience.inside), len(ticks), to_tell(session, audience)) == (5, 5, 0)
    session.rollback()
    assert sync() == Told(0, 0)


def test_a_telling_that_broke_off_goes_on_where_it_stood(five, sync, audience, session):
    def away():
        if len(audience.inside) == 2:
            audience.failure = REFUSALS["busy"]

    with pytest.raises(TryAgainLater):
        sync(away)
    audience.failure = None
    assert sync() == Told(3, 0)
    assert len(audience.inside) == 5


def test_what_the_service_will_never_take_is_passed_by_and_counted(five, sync, audience, session):
    audience.failure = REFUSALS["never"]
    assert sync() == Told(0, 5)
    session.rollback()
    assert to_tell(session, audience) == 5


def test_who_left_and_is_still_there_is_taken_out(five, sync, audience, session, clock):
    sync()
    unsubscribe(session, five[:2], clock.now())
    assert sync() == Told(2, 0)
    assert len(audience.inside) == 3


def test_what_has_no_list_at_the_service_is_not_behind(desk, audience, session):
    desk.subscribe("long-read")
    assert to_tell(session, audience) == 0


def test_the_file_of_readers_holds_the_confirmed_of_one_newsletter_or_of_all(
    five, desk, session, master, house, clock, monkeypatch
):
    monkeypatch.setattr(syncing, "_AT_ONCE", 2)
    desk.ask("weekly", email="waits@reader.example")
    desk.subscribe("morning", email="r0@reader.example")
    unsubscribe(session, five[:1], clock.now())
    links = house.newsletter_links
    everybody = list(every_reader(session, master, links))
    assert [reader.email for reader in everybody].count("r0@reader.example") == 1
    assert len(everybody) == 5
    assert len(list(every_reader(session, master, links, "morning"))) == 1
    assert "reader.example" not in repr(everybody)
