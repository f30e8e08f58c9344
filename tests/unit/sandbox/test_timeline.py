from __future__ import annotations

import pytest

from donations.sandbox.timeline import Timeline
from donations.sandbox.world import World


@pytest.fixture
def told():
    return []


@pytest.fixture
def world(told):
    def note(world, due):
        told.append((due.target, world.clock.now() - due.at))

    return World(timeline=Timeline({"note": note}))


def test_what_is_due_happens_in_order_each_at_its_own_moment(world, told):
    now = world.clock.now()
    world.timeline.expect(now + 2000, "note", "later")
    world.timeline.expect(now + 1000, "note", "sooner")
    world.timeline.expect(now + 1000, "note", "after it")
    assert world.timeline.run_until(world, now + 5000) == 3
    assert [name for name, _ in told] == ["sooner", "after it", "later"]
    assert all(late <= 1 for _, late in told)


def test_what_is_not_due_waits(world, told):
    now = world.clock.now()
    world.timeline.expect(now + 1000, "note", "x")
    world.timeline.run_until(world, now + 900)
    assert told == []
    assert [due.target for due in world.timeline.all_of("note")] == ["x"]


def test_what_arises_on_the_way_happens_on_the_way(world, told):
    world.timeline.deeds["again"] = lambda world, due: world.timeline.expect(
        due.at + 10, "note", "child"
    )
    now = world.clock.now()
    world.timeline.expect(now + 100, "again", "parent")
    world.timeline.run_until(world, now + 200)
    assert [name for name, _ in told] == ["child"]


def test_the_clock_never_goes_back(world):
    world.timeline.run_until(world, world.clock.now() + 500)
    ahead = world.clock.ahead
    world.timeline.run_until(world, world.clock.now() - 400)
    assert world.clock.ahead == ahead


def test_a_restored_timeline_waits_for_the_same(world, told):
    world.journal.kept = True
    now = world.clock.now()
    world.timeline.expect(now + 5, "note", "b")
    world.timeline.expect(now + 3, "note", "a")
    world.timeline.expect(now + 1, "note", "done")
    world.timeline.run_until(world, now + 2)
    fresh = Timeline(world.timeline.deeds)
    fresh.restore(
        {key: value for (_, key), value in world.journal.take().items() if value is not None}
    )
    assert [(due.at - now, due.target) for due in fresh.all_of("note")] == [(3, "a"), (5, "b")]


def test_what_waits_on_a_test_clock_does_not_hear_of_other_time(world, told):
    clock = {"object": "test_helpers.test_clock", "id": "clock_1", "frozen_time": 1000}
    world.store.put(clock)
    with world.clock.at(clock):
        world.timeline.expect(2000, "note", "frozen")
    world.timeline.run_until(world, world.clock.now() + 86_400)
    assert told == []
    assert world.timeline.run_until(world, 3000, "clock_1") == 1
    assert told == [("frozen", 0)]


def test_what_arises_on_a_test_clock_stays_on_it(world, told):
    world.timeline.deeds["again"] = lambda world, due: world.timeline.expect(
        due.at + 10, "note", "child"
    )
    clock = {"object": "test_helpers.test_clock", "id": "clock_1", "frozen_time": 1000}
    world.store.put(clock)
    with world.clock.at(clock):
        world.timeline.expect(2000, "again", "parent")
    world.timeline.run_until(world, 2005, "clock_1")
    world.timeline.run_until(world, world.clock.now() + 86_400)
    assert told == []
    world.timeline.run_until(world, 2010, "clock_1")
    assert told == [("child", 0)]
