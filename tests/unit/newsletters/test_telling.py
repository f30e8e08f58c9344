from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests_support.audiences import REFUSALS, FakeAudience

from donations.jobs.models import Job
from donations.jobs.worker import Worker
from donations.newsletters.changes import TELL_JOB
from donations.newsletters.choosing import Wanted, choose
from donations.newsletters.leaving import unsubscribe
from donations.newsletters.telling import Teller

EMAIL = "weekly@reader.example"


@pytest.fixture
def audience():
    return FakeAudience()


@pytest.fixture
def teller(master, audience, house):
    return Teller(master, audience, house.newsletter_links)


@pytest.fixture
def hand(sessions, teller, clock):
    """A worker that knows nothing but telling, whatever else is promised."""

    def nothing(session, arguments, now):
        """Letters are not what these tests are about."""

    kinds = {"newsletter_confirm": nothing, "newsletter_preferences": nothing, TELL_JOB: teller}
    return Worker(sessions, kinds, clock)


def jobs(session):
    session.rollback()
    return session.scalars(select(Job).where(Job.kind == TELL_JOB).order_by(Job.id)).all()


def test_a_confirmed_reader_is_put_in_and_the_rows_say_what_was_told(
    desk, hand, audience, clock, master
):
    desk.subscribe("weekly", language="ru")
    hand.run_due()
    assert audience.inside == {(f"id-{EMAIL}", "weekly"): "ru"}
    [member] = desk.members()
    assert (member.wanted, member.told, member.told_at) == ("in", "in", clock.now())
    assert EMAIL.encode() not in member.remote_sealed


def test_nobody_is_told_of_what_only_waits_or_has_no_list_there(desk, hand, audience):
    desk.ask("morning")
    desk.subscribe("long-read", email="other@reader.example")
    hand.run_due()
    assert audience.calls == []
    assert desk.members() == []


def test_leaving_takes_out_though_the_address_is_destroyed(desk, hand, audience, session, clock):
    names = desk.subscribe("weekly")
    hand.run_due()
    clock.advance(timedelta(minutes=1))
    unsubscribe(session, names, clock.now())
    hand.run_due()
    assert audience.inside == {}
    assert [member.told for member in desk.members()] == ["out"]


def test_who_subscribes_and_leaves_at_once_is_never_put_in(desk, hand, audience, session, clock):
    unsubscribe(session, desk.subscribe("weekly"), clock.now())
    hand.run_due()
    assert (audience.inside, audience.calls) == ({}, [])


def test_who_leaves_while_being_put_in_ends_out(desk, hand, audience, session, clock):
    names = desk.subscribe("weekly")
    audience.during = lambda: unsubscribe(session, names, clock.now())
    hand.run_due()
    assert audience.inside == {}
    assert [member.told for member in desk.members()] == ["out"]


def test_who_leaves_and_whose_leaving_is_told_before_the_first_call_ends_is_out(
    desk, hand, audience, session, clock
):
    names = desk.subscribe("weekly")

    def leave_and_tell():
        unsubscribe(session, names, clock.now())
        hand.run_due()

    audience.during = leave_and_tell
    hand.run_due()
    assert [what for what, _ in audience.calls] == ["put", "take_out", "take_out"]
    assert audience.inside == {}
    assert [member.told for member in desk.members()] == ["out"]


def test_who_comes_back_while_being_taken_out_ends_in(desk, hand, audience, session, master, clock):
    names = desk.subscribe("weekly", "morning")
    hand.run_due()
    unsubscribe(session, names[:1], clock.now())
    back = Wanted(("weekly", "morning"), "en", "Yes")
    audience.during = lambda: choose(session, master, names[1], back, now=clock.now())
    clock.advance(timedelta(minutes=1))
    hand.run_due()
    assert set(audience.inside) == {(f"id-{EMAIL}", "weekly"), (f"id-{EMAIL}", "morning")}


def test_a_crash_after_the_service_took_somebody_in_leaves_a_way_out(
    desk, hand, audience, session, clock
):
    names = desk.subscribe("weekly")

    class Killed(BaseException):
        pass

    def die():
        audience.inside[f"id-{EMAIL}", "weekly"] = "en"
        raise Killed

    audience.during = die
    with pytest.raises(Killed):
        hand.run_due()
    unsubscribe(session, names, clock.now())
    clock.advance(timedelta(minutes=5))
    hand.run_due()
    assert audience.inside == {}


def test_a_busy_service_is_tried_again_and_told_once(desk, hand, audience, session, clock):
    desk.subscribe("weekly")
    audience.failure = REFUSALS["busy"]
    hand.run_due()
    assert audience.inside == {}
    assert jobs(session)[0].state == "ready"
    audience.failure = None
    clock.advance(timedelta(hours=1))
    hand.run_due()
    hand.run_due()
    assert [what for what, _ in audience.calls] == ["put", "put"]
    assert len(audience.inside) == 1


def test_every_change_is_promised_once(desk, session, master, clock):
    [name] = desk.subscribe("weekly")
    for language in ("ru", "ru", "en"):
        clock.advance(timedelta(minutes=1))
        choose(session, master, name, Wanted(("weekly",), language, "Yes"), now=clock.now())
    assert len(jobs(session)) == 3


def test_a_new_language_is_told(desk, hand, audience, session, master, clock):
    [name] = desk.subscribe("weekly")
    hand.run_due()
    choose(session, master, name, Wanted(("weekly",), "ru", "Yes"), now=clock.now())
    hand.run_due()
    assert list(audience.inside.values()) == ["ru"]


def test_a_second_newsletter_is_told_under_the_services_own_name_of_the_reader(
    desk, sessions, master, house, clock, session
):
    audience, seen = FakeAudience(foresees=False), []
    put = audience.put
    audience.put = lambda reader, remote: seen.append(remote) or put(reader, remote)
    teller = Teller(master, audience, house.newsletter_links)
    for slug in ("weekly", "morning"):
        [name] = desk.subscribe(slug)
        with sessions() as own:
            teller.tell(own, name, clock.now())
            own.commit()
    assert seen == [None, f"id-{EMAIL}"]


def test_without_a_service_there_is_nobody_to_tell(desk, sessions, master, house, clock):
    [name] = desk.subscribe("weekly")
    with sessions() as own:
        assert not Teller(master, None, house.newsletter_links).tell(own, name, clock.now())
    assert desk.members() == []


def test_the_tables_hold_no_address(desk, hand, engine):
    desk.subscribe("weekly")
    hand.run_due()
    with Session(engine) as own:
        for table in ("audience_member", "newsletter_subscription", "job"):
            rows = own.connection().exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608
            assert EMAIL not in repr(rows)
            assert EMAIL.encode() not in b"".join(
                bytes(cell) for row in rows for cell in row if isinstance(cell, (bytes, memoryview))
            )
