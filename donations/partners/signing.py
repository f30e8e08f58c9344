"""The signature of what is sent, and how whoever receives it checks it.

The header is `Donations-Signature: t=SECONDS,v1=HEX`: HMAC-SHA-256 (RFC 2104) under the endpoint's
secret of the seconds, a full stop and the body as it came.  The seconds are those of this try, so
that what was caught on its way cannot be sent again later: the receiver refuses what is older than
five minutes, and remembers for as long the ids of the events it has had.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

HEADER: Final = "Donations-Signature"
WINDOW: Final = timedelta(minutes=5)
_FORM: Final = re.compile(r"t=(\d{1,12})((?:,v1=[0-9a-f]{64}){1,4})", re.ASCII)


def signature(secret: str, body: bytes, now: datetime) -> str:
    """The header's value for a body sent now."""
    seconds = int(now.timestamp())
    return f"t={seconds},v1={_digest(secret, seconds, body)}"


def is_signed(
    secret: str, body: bytes, header: str, now: datetime, window: timedelta = WINDOW
) -> bool:
    """Whether we signed this body, and within the window; what a receiver does."""
    found = _FORM.fullmatch(header)
    if found is None:
        return False
    seconds = int(found[1])
    wanted = _digest(secret, seconds, body).encode()
    given = [one.encode() for one in found[2].split(",v1=")[1:]]
    if not any([hmac.compare_digest(wanted, one) for one in given]):  # noqa: C419 - all, always
        return False
    return abs(now.timestamp() - seconds) <= window.total_seconds()


def _digest(secret: str, seconds: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
