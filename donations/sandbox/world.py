"""Everything one sandbox holds, behind one lock, and how it tells what happened."""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from donations.sandbox import API_VERSION
from donations.sandbox.annotations.shaping import shaped
from donations.sandbox.clock import SandboxClock
from donations.sandbox.faults import Faults
from donations.sandbox.outbox import Outbox
from donations.sandbox.store import Store
from donations.sandbox.timeline import Timeline

if TYPE_CHECKING:
    from donations.sandbox import Obj


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
    store: Store = field(default_factory=Store)
    clock: SandboxClock = field(default_factory=SandboxClock)
    timeline: Timeline = field(default_factory=Timeline)
    faults: Faults = field(default_factory=Faults)
    outbox: Outbox = field(default_factory=Outbox)
    lock: threading.RLock = field(default_factory=threading.RLock)
    asked: Asked = field(default_factory=Asked)

    def make(self, kind: str, prefix: str, **values: object) -> Obj:
        """Make and keep an object of `kind` with a fresh id, the present as `created`."""
        told = {"id": self.store.new_id(prefix), "created": self.clock.now(), "livemode": False}
        return self.store.put(shaped(kind, _declared(kind, told) | values))

    def emit(self, name: str, about: Obj, previous: Obj | None = None) -> Obj:
        """Record that `name` happened to `about`, as it is now, and queue it for delivery."""
        data: Obj = {"object": copy.deepcopy(presented(about))}
        if previous is not None:
            data["previous_attributes"] = copy.deepcopy(previous)
        event = self.make(
            "event",
            "evt",
            type=name,
            data=data,
            api_version=API_VERSION,
            pending_webhooks=1,
            request={"id": self.asked.id, "idempotency_key": self.asked.idempotency_key},
        )
        self.outbox.add(event["id"], self.faults)
        return event

    def load(self) -> None:
        """Take up the state of the data file, if there is one."""
        self.store.load()
        kept = self.store.beside
        if kept:
            self.clock.ahead = kept["ahead"]
            self.timeline.restore(kept["timeline"])
            self.outbox.restore(kept["outbox"])

    def save(self) -> None:
        """Write the data file, if there is one and something changed.

        The lock is held to copy the state, not to write it.  One thread saves at a time.
        """
        with self.lock:
            if self.store.path is None or not self.store.changed:
                return
            self.store.beside |= {
                "ahead": self.clock.ahead,
                "timeline": self.timeline.dump(),
                "outbox": self.outbox.dump(),
            }
            dumped = self.store.dumped()
        try:
            self.store.write(dumped)
        except OSError:
            self.store.changed = True  # the next save tries again
            raise


def _declared(kind: str, told: Obj) -> Obj:
    """Balance transactions and refunds have no `livemode`."""
    lacking = {"balance_transaction": {"livemode"}, "refund": {"livemode"}}.get(kind, set())
    return {name: value for name, value in told.items() if name not in lacking}


def presented(entry: Obj) -> Obj:
    """An object as the outside may see it: without the sandbox's own `_` keys."""
    return {name: value for name, value in entry.items() if not name.startswith("_")}
