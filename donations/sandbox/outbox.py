"""Deliveries owed to the webhook endpoint: what is due, what was tried, what is lost."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from donations.sandbox.faults import Faults

RETRY_AFTER_SECONDS: Final = (2, 10, 60)


@dataclass(eq=False)
class Delivery:
    """One sending of one event.  `state`: pending, sending, delivered, failed, dropped.

    Two sendings of one event are two, however alike: each equals itself alone.
    """

    event: str
    not_before: float
    state: str = "pending"
    attempts: int = 0
    answer: str = ""


class Outbox:
    """The deliveries in the order their events happened.  `World.lock` guards it."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self._open: list[Delivery] = []
        self._by_event: dict[str, list[Delivery]] = {}

    def add(self, event: str, faults: Faults) -> None:
        """Owe the endpoint `event`, or lose it or owe it twice as the faults say."""
        due = time.time() + faults.delay
        if faults.drop > 0:
            faults.drop -= 1
            self._enter(Delivery(event, due, "dropped"))
            return
        for _ in range(2 if faults.duplicate else 1):
            self._enter(Delivery(event, due))

    def claim_due(self, *, reverse: bool) -> Delivery | None:
        """Take one delivery whose time has come, marking it as being sent."""
        now = time.time()
        due = [each for each in self._open if each.state == "pending" and each.not_before <= now]
        return self._claimed(due[-1 if reverse else 0]) if due else None

    def claim_all(self, *, reverse: bool) -> list[Delivery]:
        """Take everything pending, its time come or not."""
        pending = [each for each in self._open if each.state == "pending"]
        return [self._claimed(each) for each in (reversed(pending) if reverse else pending)]

    def settle(self, delivery: Delivery, answer: str, *, accepted: bool) -> None:
        """Note how a sending went; a failed one is due again until its retries are used up."""
        delivery.attempts += 1
        delivery.answer = answer
        if accepted:
            delivery.state = "delivered"
        elif delivery.attempts > len(RETRY_AFTER_SECONDS):
            delivery.state = "failed"
        else:
            delivery.state = "pending"
            delivery.not_before = time.time() + RETRY_AFTER_SECONDS[delivery.attempts - 1]
        if delivery.state != "pending" and delivery in self._open:
            self._open.remove(delivery)

    def pending(self) -> int:
        """How many are still owed."""
        return len(self._open)

    def of_event(self, event: str) -> list[Delivery]:
        """The deliveries of one event."""
        return self._by_event.get(event, [])

    def _enter(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        self._by_event.setdefault(delivery.event, []).append(delivery)
        if delivery.state == "pending":
            self._open.append(delivery)

    def _claimed(self, delivery: Delivery) -> Delivery:
        delivery.state = "sending"
        return delivery

    def dump(self) -> list[dict[str, Any]]:
        """The deliveries as JSON values."""
        return [asdict(each) for each in self.deliveries]

    def restore(self, kept: list[dict[str, Any]]) -> None:
        """Take back a dumped list; what was being sent is owed again."""
        for each in kept:
            state = "pending" if each["state"] == "sending" else each["state"]
            self._enter(Delivery(**{**each, "state": state}))
