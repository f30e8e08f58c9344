"""The file a sandbox keeps its state in: one SQLite table of rows, written as they change."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

    from donations.sandbox.journal import Row

_LAYOUT: Final = 1
_MAKE: Final = (
    "CREATE TABLE rows (place INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, "
    "body TEXT NOT NULL, UNIQUE (kind, key))"
)
_PUT: Final = (
    "INSERT INTO rows (kind, key, body) VALUES (?, ?, ?) "
    "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body"
)


class UnreadableState(Exception):
    """The data file is there and cannot be taken up."""


class StateFile:
    """Rows by kind and key, in the order they were first written.

    A write is one transaction: after a kill the file holds every write that returned.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()
        self._file: sqlite3.Connection | None = None

    def read(self) -> list[tuple[str, str, Any]]:
        """Every row: kind, key, value.  Raises `UnreadableState` for anything but a state."""
        if not self.path.exists():
            return []
        try:
            with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as file:
                if file.execute("PRAGMA user_version").fetchone() != (_LAYOUT,):
                    raise UnreadableState(f"{self.path} holds no state of this sandbox.")
                rows = file.execute("SELECT kind, key, body FROM rows ORDER BY place").fetchall()
            return [(kind, key, json.loads(body)) for kind, key, body in rows]
        except (sqlite3.Error, ValueError) as error:
            raise UnreadableState(f"{self.path} holds no state of this sandbox.") from error

    def write(self, changed: dict[Row, str | None]) -> None:
        """Put the rows given as JSON texts; None takes a row away.  Raises `OSError`."""
        put = [(*row, body) for row, body in changed.items() if body is not None]
        gone = [row for row, body in changed.items() if body is None]
        try:
            with self._writing, self._opened() as file:
                file.executemany(_PUT, put)
                file.executemany("DELETE FROM rows WHERE kind = ? AND key = ?", gone)
        except sqlite3.Error as error:
            raise OSError(f"{self.path} could not be written.") from error

    def close(self) -> None:
        """Let go of the file."""
        with self._writing:
            if self._file:
                self._file.close()
                self._file = None

    def _opened(self) -> sqlite3.Connection:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = sqlite3.connect(self.path, timeout=10, check_same_thread=False)
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")  # outlasts a kill of the program
            if file.execute("PRAGMA user_version").fetchone() != (_LAYOUT,):
                file.execute(_MAKE)
                file.execute(f"PRAGMA user_version = {_LAYOUT}")
            self._file = file
        return self._file
