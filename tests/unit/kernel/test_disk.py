import errno
import shutil
import sqlite3
from types import SimpleNamespace

import psycopg.errors
import pytest
from sqlalchemy.exc import OperationalError

from donations.kernel import disk
from donations.kernel.disk import is_full, nearly_full, try_to_grow

NO_ROOM = {
    "sqlite": (
        "PRAGMA max_page_count=1",
        "CREATE TABLE more AS SELECT randomblob(100000) AS it",
    ),
    "postgresql": ("DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$",),
}


def sqlite_error(code):
    error = sqlite3.OperationalError("the text is in no language we read")
    error.sqlite_errorcode = code
    return error


def of_the_database(original):
    return OperationalError("INSERT", {}, original)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        of_the_database(sqlite_error(sqlite3.SQLITE_FULL)),
        of_the_database(psycopg.errors.DiskFull("could not extend file")),
    ],
)
def test_a_disk_without_room_is_known_by_its_code(error):
    assert is_full(error)


@pytest.mark.parametrize(
    "error",
    [
        None,
        ValueError("full"),
        OSError(errno.EACCES, "Permission denied"),
        of_the_database(sqlite_error(sqlite3.SQLITE_BUSY)),
        of_the_database(psycopg.errors.TooManyConnections("full")),
    ],
)
def test_any_other_trouble_is_not_taken_for_a_full_disk(error):
    assert not is_full(error)


def room_for(monkeypatch, megabytes):
    usage = SimpleNamespace(free=megabytes << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)


def meet_a_full_disk(engine):
    """As the database itself would say it."""
    with engine.connect() as connection:
        *before, last = NO_ROOM[engine.dialect.name]
        for statement in before:
            connection.exec_driver_sql(statement)
        with pytest.raises(OperationalError):
            connection.exec_driver_sql(last)
    engine.dispose()


def test_little_room_is_told_while_there_is_some_and_only_where_it_is_seen(engine, monkeypatch):
    room_for(monkeypatch, 200)
    assert nearly_full(engine) is None
    room_for(monkeypatch, 199)
    seen = engine.dialect.name == "sqlite"
    told = "the disk of the database has only 199 MB left"
    assert nearly_full(engine) == (told if seen else None)


def test_a_database_that_met_a_full_disk_says_so_for_a_while(engine, monkeypatch):
    room_for(monkeypatch, 10**6)
    meet_a_full_disk(engine)
    assert nearly_full(engine) == "the disk of the database is full, or was a few minutes ago"
    later = disk.time.monotonic() + 301
    monkeypatch.setattr(disk.time, "monotonic", lambda: later)
    assert nearly_full(engine) is None


def test_trying_to_grow_leaves_nothing_behind(engine, monkeypatch):
    room_for(monkeypatch, 10**6)
    for _ in range(2):
        try_to_grow(engine)
    assert nearly_full(engine) is None
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT to_regclass('room')").scalar() is None
