"""Stands in for SMTP: keeps the letters, or fails as told."""

from __future__ import annotations


class FakeTransport:
    """A mail server that takes everything, unless `failure` is set."""

    def __init__(self) -> None:
        self.messages = []
        self.failure = None

    def send(self, letter):
        if self.failure is not None:
            raise self.failure
        self.messages.append(letter)
