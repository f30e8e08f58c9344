"""After the whole conversation the data file holds what the memory does: nothing changes unheard."""

from __future__ import annotations

import json

import pytest
from sandbox_checks.conversation import CONVERSATION
from sandbox_checks.talking import Talk

from donations.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The memory of a sandbox at its end, and one that began on its file."""
    path = tmp_path_factory.mktemp("durability") / "sandbox.sqlite"
    first = Sandbox(port=0, background_delivery=False, data_file=path)
    first.start()
    try:
        Talk(first).hold(CONVERSATION)
    finally:
        first.stop()
    second = Sandbox(port=0, background_delivery=False, data_file=path)
    yield first.world, second.world
    second.start().stop()


def plain(value):
    return json.loads(json.dumps(value))


def test_every_object_is_in_the_file_as_it_is_in_memory(kept):
    memory, file = kept
    for kind, table in memory.store.tables.items():
        for identifier, entry in table.items():
            found = file.store.find(kind, identifier)
            assert found == plain(entry), (kind, identifier)
        assert list(file.store.tables.get(kind, {})) == list(table), kind


def test_what_is_due_and_what_is_owed_are_in_the_file(kept):
    memory, file = kept
    due = [
        sorted((each.at, each.what, each.target, each.clock) for each in waiting)
        for world in kept
        for waiting in [
            [each for queue in world.timeline._waiting.values() for each in queue],
        ]
    ]
    assert due[0] == due[1]
    owed = [
        [(each.event, each.state, each.endpoint, each.attempts) for each in world.outbox.deliveries]
        for world in kept
    ]
    assert owed[0] == owed[1]
    assert dict(file.keys) == plain(dict(memory.keys))
    assert file.clock.ahead == memory.clock.ahead
