import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.jobs.models import Job
from donations.kernel.errors import NotAllowed, NotFound
from donations.partners.delivering import TRIED_FOR, Deliverer
from donations.partners.endpoints import endpoint_named, switch
from donations.partners.kinds import Told
from donations.partners.models import PartnerDelivery, PartnerEvent
from donations.partners.replaying import (
    KEPT,
    counts,
    deliveries_to,
    events_after,
    forget_events,
    send_again,
    send_failed_again,
)
from donations.partners.signing import is_signed
from donations.partners.telling import tell


@pytest.fixture
def happen(session, clock):
    def one(cause="one"):
        tell(session, Told.PAID, None, cause=cause, now=clock.now())
        session.commit()

    return one


@pytest.fixture
def look(session):
    def newest():
        session.expire_all()
        session.rollback()
        return session.scalars(select(PartnerDelivery).order_by(PartnerDelivery.id)).all()[-1]

    return newest


def job(session):
    session.rollback()
    session.expire_all()
    return session.scalars(select(Job).order_by(Job.id)).all()[-1]


def ids(receiver):
    return [json.loads(body)["id"] for _, _, body in receiver.got]


def test_an_event_arrives_signed_under_its_id(happen, endpoint, receiver, sender, clock, look):
    _, secret = endpoint()
    happen()
    assert sender.run_due() == 1
    ((path, headers, body),) = receiver.got
    assert path == "/hook?to=cms"
    assert headers["Content-Type"] == "application/json"
    assert headers["Donations-Event"] == json.loads(body)["id"]
    assert is_signed(secret, body, headers["Donations-Signature"], clock.now())
    delivery = look()
    assert (delivery.state, delivery.status, delivery.tries) == ("done", 200, 1)


def test_what_fails_is_tried_again_later_and_later_under_the_same_id_signed_anew(
    happen, endpoint, receiver, sender, clock, look, session
):
    _, secret = endpoint()
    receiver.answers = [500, 302, 404]
    happen()
    waits = []
    for _ in range(3):
        sender.run_due()
        assert sender.run_due() == 0
        waits.append(job(session).run_at - clock.now())
        clock.advance(waits[-1])
    sender.run_due()
    assert [wait.total_seconds() for wait in waits] == [5, 10, 20]
    assert len(set(ids(receiver))) == 1 and len(receiver.got) == 4
    signatures = [headers["Donations-Signature"] for _, headers, _ in receiver.got]
    assert len(set(signatures)) == 4
    assert is_signed(secret, receiver.got[-1][2], signatures[-1], clock.now())
    assert (look().state, look().tries, job(session).state) == ("done", 4, "done")


def test_who_is_slow_is_tried_again(happen, endpoint, receiver, sender, clock, look, session):
    endpoint()
    receiver.holding.clear()
    happen()
    sender.run_due()
    assert (look().state, look().problem, look().status) == ("waiting", "no answer in time", None)
    receiver.holding.set()
    clock.advance(timedelta(seconds=5))
    sender.run_due()
    assert look().state == "done"
    assert len(set(ids(receiver))) == 1


def test_who_cannot_be_reached_is_tried_again_and_no_address_is_written_down(
    happen, endpoint, receiver, sender, look, session
):
    endpoint()
    receiver.close()
    happen()
    sender.run_due()
    assert look().state == "waiting"
    assert look().problem.startswith("no connection")
    for told in (look().problem, job(session).last_error):
        assert "127.0.0.1" not in told and "hook" not in told


def test_after_three_days_it_is_given_up_and_can_be_sent_again(
    happen, endpoint, receiver, sender, clock, look, session
):
    row, _ = endpoint()
    name = row.public_id
    receiver.answers = [500] * 200
    happen()
    began = clock.now()
    for _ in range(200):
        sender.run_due()
        if job(session).state == "dead":
            break
        clock.advance(job(session).run_at - clock.now())
    assert clock.now() - began <= TRIED_FOR
    assert clock.now() - began > TRIED_FOR - timedelta(hours=4)
    assert look().state == "failed"
    receiver.answers = []
    assert send_failed_again(session, name, now=clock.now()) == 1
    assert (look().state, look().tries) == ("waiting", 0)
    sender.run_due()
    assert look().state == "done"
    assert len(set(ids(receiver))) == 1


def test_410_turns_the_endpoint_off_and_nothing_more_is_sent(
    happen, endpoint, receiver, sender, clock, look, session
):
    row, _ = endpoint()
    name = row.public_id
    receiver.answers = [410]
    happen("one")
    happen("two")
    sender.run_due()
    assert len(receiver.got) == 1
    assert counts(session)[row.id] == {"failed": 1, "dropped": 1}
    assert endpoint_named(session, name).state == "gone"
    happen("three")
    assert counts(session)[row.id] == {"failed": 1, "dropped": 1}
    with pytest.raises(NotAllowed, match="off"):
        send_failed_again(session, name, now=clock.now())
    switch(session, name, "on", now=clock.now())
    assert send_failed_again(session, name, now=clock.now()) == 2
    sender.run_due()
    assert counts(session)[row.id] == {"done": 2}


def test_what_was_taken_can_be_sent_again_the_same(
    happen, endpoint, receiver, sender, clock, look, session
):
    row, _ = endpoint()
    name = row.public_id
    happen()
    sender.run_due()
    event = session.scalars(select(PartnerEvent.public_id)).one()
    clock.advance(timedelta(days=2))
    send_again(session, name, event, now=clock.now())
    sender.run_due()
    assert receiver.got[0][2] == receiver.got[1][2]
    assert receiver.got[0][1]["Donations-Signature"] != receiver.got[1][1]["Donations-Signature"]
    for endpoint_name, event_name in ((name, "evt_nobody"), ("nobody", event)):
        with pytest.raises(NotFound):
            send_again(session, endpoint_name, event_name, now=clock.now())


def test_what_was_taken_is_sent_again_though_its_job_was_forgotten(
    happen, endpoint, receiver, sender, clock, session
):
    row, _ = endpoint()
    name = row.public_id
    happen()
    sender.run_due()
    session.delete(job(session))
    session.commit()
    event = session.scalars(select(PartnerEvent.public_id)).one()
    send_again(session, name, event, now=clock.now())
    assert sender.run_due() == 1
    assert len(receiver.got) == 2


def test_a_worker_that_died_after_the_answer_sends_the_same_event_once_more(
    happen, endpoint, receiver, sender, clock, look, session, monkeypatch
):
    endpoint()
    happen()
    with monkeypatch.context() as dying:
        dying.setattr(Deliverer, "_write_down", lambda *_: (_ for _ in ()).throw(OSError))
        sender.run_due()
    assert look().state == "waiting"
    clock.advance(timedelta(minutes=5))
    sender.run_due()
    assert look().state == "done"
    assert len(receiver.got) == 2 and len(set(ids(receiver))) == 1


def test_nothing_is_held_in_the_database_while_the_answer_is_awaited(
    happen, endpoint, session, master, clock
):
    class Watching:
        def post(self, *_):
            assert not session.in_transaction()
            return 200

    endpoint()
    happen()
    arguments = job(session).arguments
    session.rollback()
    Deliverer(master, Watching())(session, arguments, clock.now())
    session.commit()
    assert session.scalars(select(PartnerDelivery.state)).one() == "done"


def test_the_newest_deliveries_come_first_and_the_older_ones_after(
    happen, endpoint, session, monkeypatch
):
    from donations.partners import replaying

    monkeypatch.setattr(replaying, "SHOWN", 2)
    row, _ = endpoint()
    for name in "abc":
        happen(name)
    first = deliveries_to(session, row.id)
    assert [one.event.cause[-1] for one in first] == ["c", "b"]
    after = deliveries_to(session, row.id, before=first[-1].id)
    assert [one.event.cause[-1] for one in after] == ["a"]


def test_events_are_read_in_the_order_of_their_numbers(happen, endpoint, session):
    endpoint()
    for name in "abc":
        happen(name)
    numbers = [event.id for event in events_after(session, 0)]
    assert numbers == sorted(numbers)
    assert [e.cause[-1] for e in events_after(session, numbers[0])] == ["b", "c"]
    assert [e.cause[-1] for e in events_after(session, 0, 1)] == ["a"]


def test_events_are_forgotten_after_90_days_with_what_became_of_them(
    happen, endpoint, sender, session, clock, monkeypatch
):
    from donations.partners import replaying

    monkeypatch.setattr(replaying, "_AT_ONCE", 2)
    endpoint()
    for name in "abcde":
        happen(name)
    sender.run_due()
    clock.advance(timedelta(days=1))
    happen("late")
    forget_events(session, {}, clock.now() + KEPT - timedelta(days=1))
    assert [event.cause for event in events_after(session, 0)] == ["gift.paid:late"]
    assert len(session.scalars(select(PartnerDelivery)).all()) == 1
