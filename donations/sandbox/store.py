"""The objects of the sandbox, kept in memory and written to one file when asked to."""

from __future__ import annotations

import json
import os
import secrets
import string
from typing import TYPE_CHECKING, Final

from donations.sandbox.refusals import missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from donations.sandbox import Obj

_ALPHABET: Final = string.ascii_letters + string.digits
_RANDOM_LENGTH: Final = 24


class UnreadableState(Exception):
    """The data file is there and cannot be taken up."""


class Store:
    """Tables of objects by kind, in the order they were made.  `World.lock` guards it."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.tables: dict[str, dict[str, Obj]] = {}
        self.beside: Obj = {}
        self.changed = False

    def new_id(self, prefix: str) -> str:
        """An id nobody has: Stripe's prefix and 24 random letters and digits."""
        tail = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
        return f"{prefix}_{tail}"

    def put(self, entry: Obj) -> Obj:
        """Keep `entry` under its kind and id; putting it again keeps its place."""
        self.tables.setdefault(entry["object"], {})[entry["id"]] = entry
        self.changed = True
        return entry

    def get(self, kind: str, identifier: str, param: str = "id") -> Obj:
        """The object itself, to read or change.  Raises `Refusal` (404) naming `param`."""
        self.changed = True
        found = self.tables.get(kind, {}).get(identifier)
        if found is None:
            raise missing(kind, identifier, param)
        return found

    def find(self, kind: str, identifier: str | None) -> Obj | None:
        """The object or None."""
        return self.tables.get(kind, {}).get(identifier or "")

    def all(self, kind: str) -> Iterator[Obj]:
        """Every object of a kind, the newest first."""
        return reversed(list(self.tables.get(kind, {}).values()))

    def load(self) -> None:
        """Read the file, if there is one.  Raises `UnreadableState` for anything but a state."""
        if not (self.path and self.path.exists()):
            return
        try:
            kept = json.loads(self.path.read_text("utf-8"))
            self.tables, self.beside = kept["tables"], kept["beside"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnreadableState(f"{self.path} holds no state of the sandbox.") from error

    def dumped(self) -> str:
        """The whole state as the file holds it."""
        self.changed = False
        return json.dumps({"tables": self.tables, "beside": self.beside})

    def write(self, dumped: str) -> None:
        """Write the file whole beside itself, then put it in place: a crash leaves the old one."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(self.path.name + ".new")
        with fresh.open("w", encoding="utf-8") as out:
            out.write(dumped)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self.path)
