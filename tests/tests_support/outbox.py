"""Stands in for SMTP: keeps the letters, or fails as told."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import SMTP, default

from donations.mailer.wire import PrintedLetter


class FakeTransport:
    """A mail server that takes everything, unless `failure` is set."""

    def __init__(self) -> None:
        self.messages = []
        self.failure = None

    def send(self, letter):
        if self.failure is not None:
            raise self.failure
        self.messages.append(message_from_bytes(letter.data, policy=default))


def printed(message):
    """A letter of the standard library's, as a transport takes it."""
    return PrintedLetter(message["From"], message["To"], message.as_bytes(policy=SMTP))
