"""Whether the disk of the database has room, by what it says itself and by what is left of it here.

SQLite says "database or disk is full", PostgreSQL "could not extend file"; whatever met that is as
good as it was and goes on once there is room.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import ExceptionContext

LEAST_MEGABYTES: Final = 200
FULL: Final = "the disk is full"
_MEGABYTE: Final = 1 << 20
_REMEMBERED_SECONDS: Final = 300
_DISK_FULL: Final = "53100"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
_SQLITE_CODES: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
_TWO_MEGABYTES: Final = (
    "CREATE TEMPORARY TABLE room AS SELECT repeat('x', 1000) FROM generate_series(1, 2000)"
)
_SYSTEM_CODES: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_met_at: Final[WeakKeyDictionary[Engine, float]] = WeakKeyDictionary()


def is_full(error: BaseException | None) -> bool:
    """Whether `error` says that there is no room left, on whichever disk was written to."""
    if isinstance(error, DBAPIError):
        error = error.orig
    if isinstance(error, OSError):
        return error.errno in _SYSTEM_CODES
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in _SQLITE_CODES
    return getattr(error, "sqlstate", None) == _DISK_FULL


def remember_when_full(engine: Engine) -> None:
    """From now on `nearly_full` knows when this process met a full disk through `engine`."""

    @event.listens_for(engine, "handle_error")
    def _note(context: ExceptionContext) -> None:
        if is_full(context.original_exception):
            _met_at[engine] = time.monotonic()


def nearly_full(engine: Engine) -> str | None:
    """In plain words, that the database's disk has little room left or none; None if it has.

    How much is left is seen of an SQLite database alone; one on another machine is its own
    operator's to watch, until it refuses what we write.
    """
    left = _megabytes_left(engine)
    if left is not None and left < LEAST_MEGABYTES:
        return f"the disk of the database has only {left} MB left"
    met_at = _met_at.get(engine)
    if met_at is not None and time.monotonic() - met_at < _REMEMBERED_SECONDS:
        return "the disk of the database is full, or was a few minutes ago"
    return None


def try_to_grow(engine: Engine) -> None:
    """Write two megabytes and take them back, so that `nearly_full` knows of PostgreSQL too."""
    if engine.dialect.name == "postgresql":
        with suppress(DBAPIError), engine.connect() as connection:
            connection.exec_driver_sql(_TWO_MEGABYTES)
            connection.rollback()


def _megabytes_left(engine: Engine) -> int | None:
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    try:
        return shutil.disk_usage(Path(engine.url.database).parent).free // _MEGABYTE
    except OSError:
        return None
