"""Deliveries owed to the webhook endpoints: what is due, what was tried, what is lost."""

from __future__ import annotations

import heapq
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.journal import Journal

if TYPE_CHECKING:
    from donations.sandbox.faults import Faults

KIND: Final = "_delivery"
RETRY_AFTER_SECONDS: Final = (2, 10, 60)
LISTENER: Final = ""
"""The endpoint the sandbox was started with, which no `webhook_endpoint` object stands for."""


@dataclass(eq=False)
class Delivery:
    """One sending of one event.  `state`: pending, sending, delivered, failed, dropped.

    `place` is its number; two sendings of one event are two, however alike.
    """

    place: int
    event: str
    not_before: float
    state: str = "pending"
    attempts: int = 0
    answer: str = ""
    endpoint: str = LISTENER


class Outbox:
    """The deliveries in the order their events happened.  `World.lock` guards it."""

    def __init__(self, journal: Journal | None = None) -> None:
        self.journal = journal or Journal()
        self.deliveries: list[Delivery] = []
        self._open: dict[int, Delivery] = {}
        self._due: list[tuple[float, int]] = []
        self._by_event: dict[str, list[Delivery]] = {}

    def add(self, event: str, faults: Faults, endpoint: str = LISTENER) -> None:
        """Owe an endpoint `event`, or lose it or owe it twice as the faults say."""
        state = "dropped" if faults.loses_an_event() else "pending"
        for _ in range(2 if faults.duplicate and state == "pending" else 1):
            self._enter(self._made(event, time.time() + faults.delay, state, endpoint))

    def again(self, event: str, endpoint: str) -> None:
        """Owe an endpoint an event once more, whatever became of it before."""
        self._enter(self._made(event, time.time(), "pending", endpoint))

    def claim_due(self, *, reverse: bool) -> Delivery | None:
        """Take one delivery whose time has come, marking it as being sent."""
        if reverse:
            return self._claim_last()
        while self._due and self._due[0][0] <= time.time():
            found = self._open.get(heapq.heappop(self._due)[1])
            if found and found.state == "pending":
                return self._claimed(found)
        return None

    def claim_all(self, *, reverse: bool) -> list[Delivery]:
        """Take everything pending, its time come or not."""
        pending = [each for each in self._open.values() if each.state == "pending"]
        return [self._claimed(each) for each in (reversed(pending) if reverse else pending)]

    def release(self, delivery: Delivery) -> None:
        """Give a claimed delivery back untried."""
        delivery.state = "pending"
        heapq.heappush(self._due, (delivery.not_before, delivery.place))
        self._noted(delivery)

    def settle(self, delivery: Delivery, answer: str, *, accepted: bool) -> None:
        """Note how a sending went; a failed one is due again until its retries are used up."""
        delivery.attempts += 1
        delivery.answer = answer
        if accepted or delivery.attempts > len(RETRY_AFTER_SECONDS):
            delivery.state = "delivered" if accepted else "failed"
            self._open.pop(delivery.place, None)
            self._noted(delivery)
        else:
            delivery.not_before = time.time() + RETRY_AFTER_SECONDS[delivery.attempts - 1]
            self.release(delivery)

    def pending(self) -> int:
        """How many are still owed."""
        return len(self._open)

    def of_event(self, event: str) -> list[Delivery]:
        """The deliveries of one event."""
        return self._by_event.get(event, [])

    def restore(self, kept: dict[str, Any]) -> None:
        """Take back the rows a journal kept; what was being sent is owed again."""
        for row in kept.values():
            state = "pending" if row["state"] == "sending" else row["state"]
            self._enter(Delivery(**{**row, "state": state}))

    def _made(self, event: str, not_before: float, state: str, endpoint: str) -> Delivery:
        place = self.deliveries[-1].place + 1 if self.deliveries else 1
        return Delivery(place, event, not_before, state, endpoint=endpoint)

    def _claim_last(self) -> Delivery | None:
        now = time.time()
        for each in reversed(self._open.values()):
            if each.state == "pending" and each.not_before <= now:
                return self._claimed(each)
        return None

    def _claimed(self, delivery: Delivery) -> Delivery:
        delivery.state = "sending"
        return delivery

    def _enter(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        self._by_event.setdefault(delivery.event, []).append(delivery)
        if delivery.state == "pending":
            self._open[delivery.place] = delivery
            heapq.heappush(self._due, (delivery.not_before, delivery.place))
        self._noted(delivery)

    def _noted(self, delivery: Delivery) -> None:
        if self.journal.kept:
            self.journal.note(KIND, str(delivery.place), asdict(delivery))
