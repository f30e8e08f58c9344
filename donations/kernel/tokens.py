"""Signed tokens for links: each good for one purpose, unguessable, optionally expiring.

A link that acts (cancel, confirm, unsubscribe) or shows (thanks) carries the row's public name and
a signature; nothing needs storing and a token for one purpose opens no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from donations.kernel.errors import NotFound

if TYPE_CHECKING:
    from datetime import timedelta

_LONGEST: Final = 300


class Signer:
    """Signs and reads tokens with the application's secret key."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def sign(self, purpose: str, name: str) -> str:
        """A URL-safe token that says `name` for `purpose`."""
        return str(self._serializer(purpose).dumps(name))

    def read(self, purpose: str, token: str, *, max_age: timedelta | None = None) -> str:
        """The name in `token`; raises `NotFound` when altered, expired or for another purpose."""
        if len(token) > _LONGEST:
            raise NotFound
        seconds = None if max_age is None else int(max_age.total_seconds())
        try:
            name = self._serializer(purpose).loads(token, max_age=seconds)
        except BadSignature as error:
            raise NotFound from error
        return str(name)

    def sign_lasting(self, purpose: str, name: str) -> str:
        """As `sign`, without a date: the same name always gives the same token."""
        return str(self._lasting(purpose).dumps(name))

    def read_lasting(self, purpose: str, token: str) -> str:
        """The name in a token of `sign_lasting`; raises `NotFound`."""
        if len(token) > _LONGEST:
            raise NotFound
        try:
            return str(self._lasting(purpose).loads(token))
        except BadSignature as error:
            raise NotFound from error

    def _lasting(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secret_key, salt=f"donations lasting {purpose}")

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret_key, salt=f"donations {purpose}")
