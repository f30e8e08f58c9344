"""Who may ask: a test key, the pinned API version."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from donations.sandbox import API_VERSION
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

_TEST_KEYS: Final = ("sk_test_", "rk_test_")
_LIVE_KEYS: Final = ("sk_live_", "rk_live_")


def admit(headers: Headers) -> None:
    """Let the request in or raise `Refusal`.  No message repeats the key."""
    key = _key_in(headers.get("Authorization", ""))
    if not key:
        raise Refusal(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth.",
            status=401,
        )
    if key.startswith(_LIVE_KEYS):
        raise Refusal("This is the sandbox: it takes no live API key.", status=401)
    if not key.startswith(_TEST_KEYS):
        raise Refusal("Invalid API Key provided.", status=401)
    version = headers.get("Stripe-Version")
    if version and version != API_VERSION:
        raise Refusal(
            f"Invalid Stripe API version: {version[:40]}. The sandbox speaks {API_VERSION} only."
        )


def _key_in(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""
