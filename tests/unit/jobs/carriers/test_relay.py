from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.jobs.carriers.lanes import BrokerAway, Lane
from donations.jobs.carriers.relay import AGAIN_AFTER, BROKER, MOST_IN_A_LANE, RELAY, Relay
from donations.jobs.claiming import claim_these
from donations.jobs.models import Heartbeat, Job
from donations.jobs.outbox import enqueue_many, fail, pause, resume
from donations.kernel.database import begin_write


class Broker:
    """Keeps what it is told, or is away."""

    def __init__(self):
        self.told = []
        self.away = set()
        self.full = set()

    def waiting(self, lane):
        self._answer("waiting")
        return MOST_IN_A_LANE if lane in self.full else 0

    def announce(self, lane, groups):
        self._answer("announce")
        self.told += [(lane, list(group)) for group in groups]

    def _answer(self, question):
        if question in self.away:
            raise BrokerAway("OSError")

    def ids(self, lane):
        return [job_id for where, group in self.told if where is lane for job_id in group]


@pytest.fixture
def broker():
    return Broker()


@pytest.fixture
def relay(sessions, clock, broker):
    return Relay(sessions, clock, broker, {"reminder": 10})


@pytest.fixture
def promise(session, clock):
    def make(kind, count, **more):
        work = [(f"{kind}{n}", {}) for n in range(count)]
        enqueue_many(session, kind, work, now=clock.now(), **more)
        session.commit()
        return sorted(session.scalars(select(Job.id).where(Job.kind == kind)))

    return make


def test_due_work_is_announced_once_by_its_number_alone(relay, broker, promise, clock):
    ids = promise("receipt", 3)
    promise("welcome", 1, run_at=clock.now() + timedelta(hours=1))
    assert relay.round() == 3
    assert broker.told == [(Lane.PROMPT, [job_id]) for job_id in ids]
    assert relay.round() == 0


def test_bulk_work_is_announced_in_handfuls_in_a_lane_of_its_own(relay, broker, promise):
    ids = promise("reminder", 25)
    assert relay.round() == 25
    assert broker.told == [
        (Lane.BULK, ids[:10]),
        (Lane.BULK, ids[10:20]),
        (Lane.BULK, ids[20:]),
    ]


def test_what_nobody_took_for_a_minute_is_announced_again(
    relay, broker, promise, session, sessions, clock
):
    first, second = promise("receipt", 2)
    relay.round()
    (taken,) = claim_these(session, [first], now=clock.now())
    clock.advance(AGAIN_AFTER - timedelta(seconds=1))
    assert relay.round() == 0
    clock.advance(timedelta(seconds=1))
    assert relay.round() == 1
    assert broker.ids(Lane.PROMPT) == [first, second, second]
    begin_write(session)
    fail(session, taken.job_id, taken.lease, "why", now=clock.now())
    session.commit()
    clock.advance(timedelta(seconds=5))
    assert relay.round() == 1, "what failed is announced as soon as it is due again"
    assert broker.ids(Lane.PROMPT)[-1] == first


def test_a_broker_that_is_away_is_told_when_it_is_back(relay, broker, promise):
    ids = promise("receipt", 2)
    broker.away = {"waiting"}
    with pytest.raises(BrokerAway):
        relay.round()
    broker.away = {"announce"}
    with pytest.raises(BrokerAway):
        relay.round()
    broker.away = set()
    assert relay.round() == 2
    assert broker.ids(Lane.PROMPT) == ids


def test_a_full_lane_is_left_alone_and_holds_up_no_other(relay, broker, promise):
    promise("reminder", 5)
    promise("receipt", 1)
    broker.full = {Lane.BULK}
    assert relay.round() == 1
    broker.full = set()
    assert relay.round() == 5


def test_only_so_much_of_a_flood_is_announced_ahead(relay, broker, promise):
    promise("stripe_event", 500)
    promise("reminder", 500)
    (receipt,) = promise("receipt", 1)
    assert relay.round() == 100 + 100 + 1
    assert receipt in broker.ids(Lane.PROMPT)
    assert relay.round() == 0


def test_paused_work_is_not_announced(relay, promise, session, clock):
    promise("receipt", 1)
    pause(begin_write(session), "receipt", by="somebody", now=clock.now())
    session.commit()
    assert relay.round() == 0


def test_work_that_is_resumed_is_announced_at_once(relay, promise, session, clock):
    promise("receipt", 1)
    assert relay.round() == 1
    pause(begin_write(session), "receipt", by="somebody", now=clock.now())
    session.commit()
    assert relay.round() == 0
    resume(begin_write(session), "receipt", now=clock.now())
    session.commit()
    assert relay.round() == 1


def test_a_clock_put_back_does_not_silence_the_relay(relay, promise, clock):
    clock.advance(timedelta(days=1))
    promise("receipt", 1, run_at=clock.now() - timedelta(days=2))
    assert relay.round() == 1
    clock.advance(timedelta(days=-1))
    assert relay.round() == 1


def test_the_relay_and_the_broker_show_signs_of_life_of_their_own(relay, broker, session, clock):
    def beats():
        session.rollback()
        return {row.name: row.beat_at for row in session.scalars(select(Heartbeat))}

    began = clock.now()
    relay.round()
    assert beats() == {RELAY: began, BROKER: began}
    clock.advance(timedelta(minutes=5))
    broker.away = {"waiting"}
    with pytest.raises(BrokerAway):
        relay.round()
    assert beats() == {RELAY: clock.now(), BROKER: began}


def test_a_relay_in_the_background_waits_for_its_broker_and_goes_on(
    relay, broker, promise, monkeypatch
):
    monkeypatch.setattr("donations.jobs.carriers.relay._AWAY_SECONDS", 0.01)
    promise("receipt", 1)
    broker.away = {"announce"}
    relay.start()
    for _ in range(500):
        if broker.told:
            break
        broker.away = set()
        relay._stopping.wait(0.01)
    relay.stop()
    assert len(broker.told) == 1
