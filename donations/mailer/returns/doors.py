"""The doors mail services knock at: one for each that was given its key, all others shut."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

from donations.mailer.returns.mailgun import Mailgun
from donations.mailer.returns.postmark import Postmark
from donations.mailer.returns.sendgrid import SendGrid
from donations.mailer.returns.ses import Ses
from donations.mailer.returns.sns import Fetch, Topic, fetch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.mailer.returns.returned import Arrival, Return


class Door(Protocol):
    """Turns what a mail service sends into what came back."""

    def returns(self, arrival: Arrival) -> tuple[Return, ...]:
        """What it tells.  Raises `NotVerified`, `NotReadable` or `TryAgainLater`."""
        ...


@dataclass(frozen=True, slots=True)
class Doors:
    """The open doors, by the word in their address."""

    open: Mapping[str, Door] = field(default_factory=dict, repr=False)

    @classmethod
    def build(
        cls,
        *,
        postmark: str = "",
        sendgrid: str = "",
        mailgun: str = "",
        ses: str = "",
        get: Fetch = fetch,
    ) -> Self:
        """With each service's secret, key or topic; empty shuts its door.

        Raises `MisconfiguredError`.
        """
        found: dict[str, Door] = {}
        if postmark:
            found["postmark"] = Postmark(postmark)
        if sendgrid:
            found["sendgrid"] = SendGrid.with_key(sendgrid)
        if mailgun:
            found["mailgun"] = Mailgun(mailgun)
        if ses:
            found["ses"] = Ses(Topic.named(ses, get))
        return cls(found)
