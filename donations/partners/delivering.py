"""Sends one event to one endpoint, and again until it is taken, for three days at most.

Anything but a status of 2xx is tried again, later and later; 410 means that nobody is there any
more, and turns the endpoint off.  Each try is signed anew over the same body.  A worker may die
after the answer came and before it was written down: then the same event comes once more, under
the same id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from donations.jobs.outbox import back_off
from donations.kernel.database import begin_write
from donations.kernel.errors import GivenUp, TryAgainLater
from donations.partners.endpoints import GONE, ON, target
from donations.partners.models import PartnerDelivery
from donations.partners.outward import BadTarget, Outward, Unreachable
from donations.partners.signing import HEADER, signature

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

TRIED_FOR: Final = timedelta(days=3)
_WELL: Final = range(200, 300)
_NOBODY_THERE: Final = 410
_log: Final = structlog.get_logger("donations.partners")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of one try: a status, or why there was none."""

    status: int | None
    problem: str | None

    @property
    def well(self) -> bool:
        """Whether the event was taken."""
        return self.status in _WELL


@dataclass(frozen=True, slots=True)
class Deliverer:
    """The handler of the jobs `partner_delivery`."""

    master: MasterKey
    outward: Outward

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """Try once.  Raises `TryAgainLater`, and `GivenUp` once it was tried for long enough."""
        number = int(arguments["delivery"])
        delivery = session.get(PartnerDelivery, number)
        if delivery is None or delivery.state != "waiting":  # forgotten, or done since
            session.rollback()
            return
        if delivery.endpoint.state != ON:
            session.rollback()
            begin_write(session)
            session.get_one(PartnerDelivery, number).state = "dropped"
            return
        url, secret = target(self.master, delivery.endpoint)
        body, name = delivery.event.body.encode(), delivery.event.public_id
        session.rollback()
        answer = self._send(url, secret, body, name, now)
        begin_write(session)
        self._write_down(session, session.get_one(PartnerDelivery, number), answer, now)

    def _send(self, url: str, secret: str, body: bytes, name: str, now: datetime) -> _Answer:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "donations",
            "Donations-Event": name,
            HEADER: signature(secret, body, now),
        }
        try:
            return _Answer(self.outward.post(url, body, headers), None)
        except Unreachable as error:
            return _Answer(None, error.reason)
        except BadTarget as error:
            return _Answer(None, f"nothing is sent there ({error.reason})")

    def _write_down(
        self, session: Session, delivery: PartnerDelivery, answer: _Answer, now: datetime
    ) -> None:
        """Note the try; for one that failed commit the note, then say when to try again."""
        delivery.tries += 1
        delivery.first_tried_at = delivery.first_tried_at or now
        delivery.tried_at, delivery.status, delivery.problem = now, answer.status, answer.problem
        if answer.well:
            delivery.state, delivery.done_at = "done", now
            return
        said = answer.problem or f"status {answer.status}"
        again = now + back_off(delivery.tries)
        gone = answer.status == _NOBODY_THERE
        if gone:
            delivery.endpoint.state, delivery.endpoint.changed_at = GONE, now
            _log.warning("endpoint gone", endpoint=delivery.endpoint.public_id)
        over = gone or again - delivery.first_tried_at > TRIED_FOR
        if over:
            delivery.state = "failed"
        session.commit()
        if over:
            message = f"It was not taken: {said}"
            raise GivenUp(message)
        raise TryAgainLater(said, again)
