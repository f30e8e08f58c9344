"""Everything one sandbox holds, behind one lock, and how it tells what happened."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from donations.sandbox import API_VERSION, outbox, timeline
from donations.sandbox.annotations.shaping import shaped
from donations.sandbox.clock import SandboxClock
from donations.sandbox.faults import Faults
from donations.sandbox.journal import Journal, Noted
from donations.sandbox.outbox import LISTENER, Outbox
from donations.sandbox.store import Store
from donations.sandbox.timeline import Timeline

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from donations.sandbox import Obj
    from donations.sandbox.state_file import StateFile

_NESTED: Final = (dict, list)
_TEST_CLOCK: Final = "test_helpers.test_clock"
_LACKING: Final = {
    "balance_transaction": "livemode", "invoiceitem": "created", "refund": "livemode",
}  # fmt: skip


@dataclass
class Asked:
    """The API request being served, as its events name it."""

    id: str | None = None
    idempotency_key: str | None = None


@dataclass
class World:
    """The state of one sandbox.  Hold `lock` to read or change it, never while delivering."""

    merchant_name: str = "The Moscow Times"
    base_url: str = ""
    listens_to: frozenset[str] = frozenset({"*"})
    file: StateFile | None = None
    store: Store = field(default_factory=Store)
    clock: SandboxClock = field(default_factory=SandboxClock)
    timeline: Timeline = field(default_factory=Timeline)
    faults: Faults = field(default_factory=Faults)
    outbox: Outbox = field(default_factory=Outbox)
    lock: threading.RLock = field(default_factory=threading.RLock)
    asked: Asked = field(default_factory=Asked)

    def __post_init__(self) -> None:
        self.journal = Journal()
        self.journal.kept = self.file is not None
        self.keys = Noted(self.journal, "_key")
        for part in (self.store, self.timeline, self.outbox, self.store.beside):
            part.journal = self.journal
        self.timeline.clock = self.clock
        self._saving = threading.Lock()
        self._saved_ahead = 0

    def make(self, kind: str, prefix: str, **values: object) -> Obj:
        """Make and keep an object of `kind` with a fresh id, the present as `created`."""
        told: Obj = {"created": self.clock.now(), "livemode": False}
        told.pop(_LACKING.get(kind, ""), None)
        if "id" not in values:
            told["id"] = self.store.new_id(prefix)
        if self.clock.name:
            told["_clock"] = self.clock.name
        return self.store.put(shaped(kind, told | values))

    def on_clock_of(self, *identifiers: object) -> AbstractContextManager[None]:
        """Hold the test clock that the first of `identifiers` with one belongs to, if any does."""
        for identifier in identifiers:
            found = self.store.anything(identifier) if isinstance(identifier, str) else None
            if found and found["object"] == _TEST_CLOCK:
                return self.clock.at(found)
            if found and "_clock" in found:
                return self.clock.at(self.store.find(_TEST_CLOCK, found["_clock"]))
        return self.clock.at(None)

    def catch_up(self) -> None:
        """Let happen what has fallen due on the sandbox's own time by now."""
        with self.clock.at(None):
            self.timeline.run_until(self, self.clock.now())

    def emit(self, name: str, about: Obj, previous: Obj | None = None) -> Obj:
        """Record that `name` happened to `about`, as it is now, and queue it for delivery."""
        data: Obj = {"object": cloned(presented(about))}
        if previous is not None:
            data["previous_attributes"] = cloned(previous)
        event = self._told(name, data)
        if self.faults.two_events:
            self._told(name, cloned(data))
        return event

    def _told(self, name: str, data: Obj) -> Obj:
        receivers = self._receivers(name)
        event = self.make(
            "event",
            "evt",
            type=name,
            data=data,
            api_version=API_VERSION,
            pending_webhooks=len(receivers),
            request={"id": self.asked.id, "idempotency_key": self.asked.idempotency_key},
        )
        for endpoint in receivers:
            self.outbox.add(event["id"], self.faults, endpoint)
        return event

    def _receivers(self, name: str) -> list[str]:
        every = self.store.tables.get("webhook_endpoint", {}).values()
        wanting = [
            each["id"]
            for each in every
            if each["status"] == "enabled" and not {name, "*"}.isdisjoint(each["enabled_events"])
        ]
        return wanting if self.listens_to.isdisjoint({name, "*"}) else [LISTENER, *wanting]

    def load(self) -> None:
        """Take up the state of the data file, if there is one.  Raises `UnreadableState`."""
        rows: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for kind, key, value in self.file.read() if self.file else []:
            rows[kind][key] = value
        self.timeline.restore(rows.pop(timeline.KIND, {}))
        self.outbox.restore(rows.pop(outbox.KIND, {}))
        for mapping in (self.keys, self.store.beside):
            mapping.update(rows.pop(mapping.kind, {}))
        for table in rows.values():
            for entry in table.values():
                self.store.put(entry)
        self.clock.ahead = self._saved_ahead = self.store.beside.get("ahead", 0)
        self.journal.take()

    def save(self) -> None:
        """Write what changed to the data file, if there is one.  Raises `OSError`.

        The lock is held to copy the changes, not to write them.
        """
        if self.file is None:
            return
        with self._saving:
            with self.lock:
                if self.clock.ahead != self._saved_ahead:
                    self._saved_ahead = self.store.beside["ahead"] = self.clock.ahead
                taken = self.journal.take()
                rows = {row: _text(value) for row, value in taken.items()}
            try:
                if rows:
                    self.file.write(rows)
            except OSError:
                with self.lock:
                    self.journal.put_back(taken)  # the next save tries again
                raise


def _text(value: Any) -> str | None:  # noqa: ANN401 - JSON
    return None if value is None else json.dumps(value, separators=(",", ":"))


def cloned(value: Any) -> Any:  # noqa: ANN401 - JSON
    """A copy of a JSON value that shares nothing with it."""
    if isinstance(value, dict):
        return {
            name: cloned(inner) if type(inner) in _NESTED else inner
            for name, inner in value.items()
        }
    return [cloned(inner) for inner in value] if isinstance(value, list) else value


def presented(entry: Obj) -> Obj:
    """An object as the outside may see it: without the sandbox's own `_` keys."""
    return {name: value for name, value in entry.items() if not name.startswith("_")}
