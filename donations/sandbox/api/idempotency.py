"""Idempotency keys: the same key and request get the stored answer again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

LONGEST_KEY: Final = 255
_KEPT_SECONDS: Final = 24 * 3600


class Keys:
    """The keys seen in the last 24 hours and those whose request is still being served."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._serving: set[str] = set()

    def begin(self, key: str, request: list[Any]) -> tuple[int, Obj] | None:
        """Claim `key` for `request`, or return the answer stored for it: status and body.

        Raises `Refusal`: 409 while the first is being served, 400 for another request.
        """
        if len(key) > LONGEST_KEY:
            raise Refusal(
                f"Idempotency keys can be at most {LONGEST_KEY} characters.",
                kind="idempotency_error",
            )
        with self.world.lock:
            if key in self._serving:
                raise Refusal(
                    "There is currently another in-progress request using this Idempotent Key.",
                    status=409,
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                )
            stored = self._kept().get(key)
            if stored is None or stored["at"] < self.world.clock.wall() - _KEPT_SECONDS:
                self._serving.add(key)
                return None
            if stored["request"] != _digest(request):
                raise Refusal(
                    "Keys for idempotent requests can only be used with the same parameters they "
                    f"were first used with. Try using a key other than '{key}' if you meant to "
                    "execute a different request.",
                    kind="idempotency_error",
                )
            return int(stored["status"]), dict(stored["body"])

    def keep(self, key: str, request: list[Any], status: int, body: Obj) -> None:
        """Store the answer to a served request."""
        with self.world.lock:
            self._forget_old()
            self._kept()[key] = {
                "request": _digest(request),
                "status": status,
                "body": body,
                "at": self.world.clock.wall(),
            }

    def release(self, key: str) -> None:
        """The request under `key` has been served, whatever came of it."""
        with self.world.lock:
            self._serving.discard(key)

    def _forget_old(self) -> None:
        oldest = self.world.clock.wall() - _KEPT_SECONDS
        for key in [key for key, answer in self._kept().items() if answer["at"] < oldest]:
            del self._kept()[key]

    def _kept(self) -> Obj:
        return self.world.keys


def _digest(request: list[Any]) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
