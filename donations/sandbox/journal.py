"""What changed since the last save, so that a save writes that and nothing else."""

from __future__ import annotations

from typing import Any

Row = tuple[str, str]
"""What a row is and its key: an object's kind and id, or a part of the sandbox's own state."""


class Journal:
    """The rows touched since they were last taken.  `World.lock` guards it."""

    def __init__(self) -> None:
        self.kept = False
        self._touched: dict[Row, Any] = {}

    def note(self, kind: str, key: str, value: Any) -> None:  # noqa: ANN401 - JSON
        """The row is now `value`; None is a row that is gone.

        A mutable value is read when it is taken, not when it is noted.
        """
        if self.kept:
            self._touched[kind, key] = value

    @property
    def empty(self) -> bool:
        """Whether nothing is to be saved."""
        return not self._touched

    def take(self) -> dict[Row, Any]:
        """The rows touched, which are then no longer so."""
        taken, self._touched = self._touched, {}
        return taken

    def put_back(self, taken: dict[Row, Any]) -> None:
        """The rows could not be saved: they still wait."""
        self._touched = {**taken, **self._touched}


class Noted(dict[str, Any]):
    """A mapping whose items are rows of one kind: whatever is taken out of it may be changed."""

    def __init__(self, journal: Journal, kind: str) -> None:
        super().__init__()
        self.journal = journal
        self.kind = kind

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401
        value = super().__getitem__(key)
        self.journal.note(self.kind, key, value)
        return value

    def __setitem__(self, key: str, value: Any) -> None:  # noqa: ANN401
        super().__setitem__(key, value)
        self.journal.note(self.kind, key, value)

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self.journal.note(self.kind, key, None)

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401
        """As for any mapping."""
        return self[key] if key in self else default  # noqa: SIM401 - that would be this again

    def setdefault(self, key: str, default: Any = None) -> Any:  # noqa: ANN401
        """As for any mapping."""
        if key not in self:
            self[key] = default
        return self[key]
