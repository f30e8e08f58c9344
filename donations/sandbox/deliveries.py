"""Sends events to the webhook endpoint, signed as Stripe signs them, and tries again.

Nothing here holds the world's lock while it sends: the receiver may call the API before answering.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
from typing import TYPE_CHECKING, Final

import requests

from donations.sandbox.outbox import LISTENER
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from donations.sandbox.outbox import Delivery
    from donations.sandbox.world import World

_log = logging.getLogger(__name__)
_TIMEOUT_SECONDS: Final = 10
_IDLE_SECONDS: Final = 0.2
_ROUNDS: Final = 20
_OK: Final = range(200, 300)


def signature(payload: str, secret: str, wall_time: int) -> str:
    """The `Stripe-Signature` header of a payload sent at `wall_time`."""
    signed = hmac.new(secret.encode(), f"{wall_time}.{payload}".encode(), hashlib.sha256)
    return f"t={wall_time},v1={signed.hexdigest()}"


class Courier:
    """Delivers what the outbox owes, on demand (`flush`) or from threads of its own (`start`)."""

    def __init__(self, world: World, url: str | None, secret: str) -> None:
        self.world = world
        self.url = url
        self.secret = secret
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._mine = threading.local()
        self._sessions: list[requests.Session] = []

    def start(self, threads: int = 2) -> None:
        """Deliver in the background."""
        self._threads = [
            threading.Thread(target=self._run, name=f"sandbox-courier-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is being sent and stop."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=_TIMEOUT_SECONDS)
        for session in self._sessions:
            session.close()

    def flush(self) -> dict[str, int]:
        """Send everything pending, waiting or not, and what its receipt gave rise to.

        A delivery that fails is not tried again within the same flush.
        """
        counts = {"delivered": 0, "failed": 0}
        tried: set[int] = set()
        for _ in range(_ROUNDS):
            with self.world.lock:
                claimed = self.world.outbox.claim_all(reverse=self.world.faults.reverse)
                fresh = [each for each in claimed if each.place not in tried]
                for again in (each for each in claimed if each.place in tried):
                    self.world.outbox.release(again)
            for delivery in fresh:
                tried.add(delivery.place)
                counts["delivered" if self._deliver(delivery) else "failed"] += 1
            if not fresh:
                break
        counts["pending"] = self.world.outbox.pending()
        return counts

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self.world.lock:
                due = self.world.outbox.claim_due(reverse=self.world.faults.reverse)
            if due is None:
                self._stopping.wait(_IDLE_SECONDS)
                continue
            self._deliver(due)

    def _deliver(self, delivery: Delivery) -> bool:
        with self.world.lock:
            event = self.world.store.get("event", delivery.event)
            payload = json.dumps(presented(event), separators=(",", ":"))
            url, secret = self._address(delivery.endpoint)
        answer, accepted = self._post(payload, url, secret) if url else ("no endpoint", False)
        with self.world.lock:
            self.world.outbox.settle(delivery, answer, accepted=accepted)
            if accepted:
                event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
                self.world.store.put(event)
        return accepted

    def _address(self, endpoint: str) -> tuple[str | None, str]:
        """Where an endpoint's events go, and the secret they are signed with."""
        if endpoint == LISTENER:
            return self.url, self.secret
        found = self.world.store.find("webhook_endpoint", endpoint)
        if found is None or found["status"] != "enabled":
            return None, ""
        return str(found["url"]), str(found["_secret"])

    def _post(self, payload: str, url: str, secret: str) -> tuple[str, bool]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature(payload, secret, self.world.clock.wall()),
        }
        try:
            answer = self._session().post(
                url,
                data=payload.encode(),
                headers=headers,
                timeout=_TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            _log.info("the webhook endpoint could not be reached: %s", type(error).__name__)
            return type(error).__name__, False
        return str(answer.status_code), answer.status_code in _OK

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._mine, "session", None)
        if session is None:
            session = self._mine.session = requests.Session()
            session.trust_env = False
            self._sessions.append(session)
        return session
