"""One call to a mailing service: JSON over HTTP, with time-outs, and errors that tell no address.

Redirects are not followed: the key would go along.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import requests

from donations.kernel.errors import DonationsError, GivenUp, TryAgainLater

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUTS_SECONDS: Final = (5, 20)
"""To connect, and between two pieces of the answer."""
_REFUSED_KEY: Final = frozenset({401, 403})
_FOR_NOW: Final = frozenset({408, 425, 429})
_ERRORS_OF_THEIRS: Final = 500
_BAD_REQUEST: Final = 400
_OK: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; `body` is an empty object where it was none."""

    status: int
    body: Mapping[str, Any] = field(repr=False)

    @property
    def well(self) -> bool:
        """Whether the service did what it was asked."""
        return self.status in _OK


@dataclass(frozen=True, slots=True)
class Line:
    """The line to one service: where, and as whom."""

    name: str
    base_url: str
    user: str
    secret: str = field(repr=False)

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, object] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call the service; any answer to be told apart by the caller comes back.

        Raises `TryAgainLater` when it cannot be reached, is busy or broken, or refuses our key.
        """
        try:
            response = requests.request(
                method,
                f"{self.base_url}{path}",
                json=json,
                params=query,
                auth=(self.user, self.secret),
                timeout=TIMEOUTS_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            message = f"{self.name} cannot be reached ({type(error).__name__})"
            raise TryAgainLater(message) from None  # the library's own words carry the address
        status = response.status_code
        if status in _REFUSED_KEY:
            message = f"{self.name} refused our key or asked us to slow down ({status})"
            raise TryAgainLater(message)
        if status in _FOR_NOW or status >= _ERRORS_OF_THEIRS:
            message = f"{self.name} asked to wait ({status})"
            raise TryAgainLater(message)
        return Answer(status, _object(response))

    def refusal(self, answer: Answer, what: str = "") -> DonationsError:
        """The error of an answer that is no: for good, with `what` it said, or for now."""
        said = f": {what}" if what else ""
        message = f"{self.name} refused it ({answer.status}{said})"
        return GivenUp(message) if answer.status >= _BAD_REQUEST else TryAgainLater(message)


def _object(response: requests.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
