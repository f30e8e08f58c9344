"""The objects of the sandbox, by kind and id."""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING, Final

from donations.sandbox.journal import Journal, Noted
from donations.sandbox.refusals import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from donations.sandbox import Obj

_ALPHABET: Final = string.ascii_letters + string.digits
_RANDOM_LENGTH: Final = 24


class Store:
    """Tables of objects by kind, in the order they were made.  `World.lock` guards it.

    Whoever takes an object one by one may change it: the journal hears of it.  What `all` yields
    is to be read only.
    """

    def __init__(self, journal: Journal | None = None) -> None:
        self.journal = journal or Journal()
        self.tables: dict[str, dict[str, Obj]] = {}
        self.beside = Noted(self.journal, "_beside")  # what is no object: the account's settings
        self._by_id: dict[str, Obj] = {}
        self._owned: dict[tuple[str, str], dict[object, list[Obj]]] = {}

    def new_id(self, prefix: str) -> str:
        """An id nobody has: Stripe's prefix and 24 random letters and digits."""
        tail = "".join(random.choices(_ALPHABET, k=_RANDOM_LENGTH))  # noqa: S311 - names, no secrets
        return f"{prefix}_{tail}"

    def put(self, entry: Obj) -> Obj:
        """Keep `entry` under its kind and id; putting it again keeps its place."""
        kind, identifier = entry["object"], entry["id"]
        table = self.tables.setdefault(kind, {})
        if identifier not in table:
            for (owned, field), index in self._owned.items():
                if owned == kind:
                    index.setdefault(entry.get(field), []).append(entry)
        table[identifier] = self._by_id[identifier] = entry
        self.journal.note(kind, identifier, entry)
        return entry

    def get(self, kind: str, identifier: str, param: str = "id") -> Obj:
        """The object itself, to read or change.  Raises `Refusal` (404) naming `param`."""
        found = self.find(kind, identifier)
        if found is None:
            raise missing(kind, identifier, param)
        return found

    def find(self, kind: str, identifier: str | None) -> Obj | None:
        """The object itself, or None."""
        found = self.tables.get(kind, {}).get(identifier or "")
        if found is not None:
            self.journal.note(kind, found["id"], found)
        return found

    def anything(self, identifier: str) -> Obj | None:
        """The object of that id, whatever its kind, to read only."""
        return self._by_id.get(identifier)

    def all(self, kind: str) -> Iterator[Obj]:
        """Every object of a kind, the newest first, to read only."""
        return reversed(list(self.tables.get(kind, {}).values()))

    def owned(self, kind: str, field: str, owner: str | None) -> list[Obj]:
        """The objects of a kind whose `field` is `owner`, the newest first, without a search.

        For fields set when the object is made and never after: the index is not told of changes.
        """
        index = self._owned.get((kind, field))
        if index is None:
            index = self._owned[kind, field] = {}
            for entry in self.tables.get(kind, {}).values():
                index.setdefault(entry.get(field), []).append(entry)
        found = index.get(owner, [])[::-1]
        for entry in found:
            self.journal.note(kind, entry["id"], entry)
        return found

    def remove(self, entry: Obj) -> None:
        """The object is gone, as if it had never been."""
        kind, identifier = entry["object"], entry["id"]
        self.tables.get(kind, {}).pop(identifier, None)
        self._by_id.pop(identifier, None)
        for (owned, field), index in self._owned.items():
            if owned == kind:
                index[entry.get(field)].remove(entry)
        self.journal.note(kind, identifier, None)
