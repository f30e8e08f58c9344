"""The second factor: six digits that change every 30 seconds (RFC 6238), each good once."""

from __future__ import annotations

import hmac
import io
from typing import TYPE_CHECKING, Final

import pyotp
import segno

if TYPE_CHECKING:
    from datetime import datetime

STEP_SECONDS: Final = 30
_SLACK_STEPS: Final = 1  # a telephone's clock may be half a minute off


def new_secret() -> str:
    """A fresh secret of 160 bits, in base32 as authenticator apps take it."""
    return pyotp.random_base32()


def step_at(now: datetime) -> int:
    """The number of the 30-second step `now` lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def code_for(secret: str, step: int) -> str:
    """The six digits that belong to `step`."""
    return pyotp.TOTP(secret).generate_otp(step)


def accepted_step(secret: str, code: str, *, now: datetime, after: int) -> int | None:
    """The step `code` belongs to, one step off at most and later than `after`; else None."""
    typed = "".join(code.split()).encode()
    found = None
    for step in range(step_at(now) - _SLACK_STEPS, step_at(now) + _SLACK_STEPS + 1):
        if hmac.compare_digest(code_for(secret, step).encode(), typed) and step > after:
            found = step
    return found


def provisioning_uri(secret: str, login: str, issuer: str) -> str:
    """The `otpauth://` address an authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def terminal_qr(uri: str) -> str:
    """`uri` as a QR code drawn with characters, to be scanned from a terminal."""
    drawing = io.StringIO()
    segno.make(uri, error="m").terminal(out=drawing, compact=True)
    return drawing.getvalue()
