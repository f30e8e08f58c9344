from __future__ import annotations

import pytest

from donations.sandbox.state_file import StateFile, UnreadableState


@pytest.fixture
def file(tmp_path):
    made = StateFile(tmp_path / "deep" / "state")
    yield made
    made.close()


def test_rows_come_back_in_the_order_they_were_first_written(file):
    file.write({("charge", "b"): "1", ("charge", "a"): "2"})
    file.write({("refund", "c"): "3", ("charge", "b"): "4"})
    assert file.read() == [("charge", "b", 4), ("charge", "a", 2), ("refund", "c", 3)]


def test_a_row_taken_away_is_gone(file):
    file.write({("charge", "a"): "1", ("charge", "b"): "2"})
    file.write({("charge", "a"): None})
    assert file.read() == [("charge", "b", 2)]


def test_a_file_that_is_not_there_holds_nothing(file):
    assert file.read() == []


def test_a_database_of_somebody_else_is_not_taken_up(tmp_path):
    import sqlite3

    path = tmp_path / "theirs"
    theirs = sqlite3.connect(path)
    theirs.execute("CREATE TABLE rows (x)")
    theirs.close()
    with pytest.raises(UnreadableState, match="no state of this sandbox"):
        StateFile(path).read()


def test_a_file_that_cannot_be_written_is_an_os_error_and_loses_nothing(tmp_path):
    from donations.sandbox.world import World

    in_the_way = tmp_path / "folder"
    in_the_way.mkdir()
    world = World(file=StateFile(in_the_way))
    world.make("refund", "re")
    with pytest.raises(OSError, match="could not be written"):
        world.save()
    world.file = StateFile(tmp_path / "state")
    world.save()
    assert [kind for kind, _, _ in world.file.read()] == ["refund"]
    world.file.close()
