"""Links that do one thing to one membership, from a letter, without signing in.

A link is signed for its action: it opens no other, changes nothing when looked at, and is over
after its span.  A cancelling link lives for a year and a month, longer than a yearly gift waits for
its next receipt; the others for the three months in which a letter is likely to be found again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from donations.mailer.links import reader_link
from donations.self_service.actions import Action

if TYPE_CHECKING:
    from donations.kernel.newsroom import Newsroom
    from donations.kernel.tokens import Signer

USUAL: Final = timedelta(days=90)
SPANS: Final[Mapping[Action, timedelta]] = MappingProxyType({Action.CANCEL: timedelta(days=400)})


def purpose_of(action: Action) -> str:
    """What a token of this action is signed for."""
    return f"membership {action}"


@dataclass(frozen=True, slots=True)
class ActionLinks:
    """Makes and reads the links of one newsroom."""

    signer: Signer
    base_url: str
    newsroom: Newsroom

    def url(self, action: Action, public_id: str, language: str) -> str:
        """The whole address of the page on which `action` is confirmed."""
        token = self.signer.sign(purpose_of(action), public_id)
        return reader_link(self.base_url, self.newsroom, language, f"/support/act/{action}/{token}")

    def read(self, action: Action, token: str) -> str:
        """The membership a token names; raises `NotFound` if it is altered, over or another's."""
        return self.signer.read(purpose_of(action), token, max_age=SPANS.get(action, USUAL))

    def read_over(self, action: Action, token: str) -> str:
        """The membership a token named before its time was over; raises `NotFound`."""
        return self.signer.read(purpose_of(action), token)
