"""The signed links of the newsletters: each good for one thing, none of them tells an address.

A link that confirms or leaves names the subscriptions it is for, because one letter asks for
several; the link to the choices names one and leads to all of the same reader's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from donations.mailer.links import reader_link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from donations.kernel.newsroom import Newsroom
    from donations.kernel.tokens import Signer

CONFIRMING: Final = "newsletter-confirm"
"""The purpose of the token in a link that confirms."""
LEAVING: Final = "newsletter-unsubscribe"
"""The purpose of the token in a link that unsubscribes."""
LEAVING_ALL: Final = "newsletter-leave-all"
"""The purpose of the lasting token in a link that unsubscribes from everything."""
CHOOSING: Final = "newsletter-preferences"
"""The purpose of the lasting token in a link to the choices."""
CONFIRM_WITHIN: Final = timedelta(days=30)
_BETWEEN: Final = ","


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links and reads them back.  Every reading raises `NotFound`."""

    signer: Signer
    base_url: str
    newsroom: Newsroom

    def confirm(self, language: str, public_ids: Iterable[str]) -> str:
        """Where those subscriptions are confirmed, for thirty days."""
        token = self.signer.sign(CONFIRMING, _BETWEEN.join(public_ids))
        return self._link(language, f"/newsletter/confirm/{token}")

    def leave(self, language: str, public_ids: Iterable[str]) -> str:
        """Where one POST ends those subscriptions (RFC 8058)."""
        token = self.signer.sign(LEAVING, _BETWEEN.join(public_ids))
        return self._link(language, f"/newsletter/unsubscribe/{token}")

    def leave_all(self, language: str, public_id: str) -> str:
        """Where one POST ends everything of that subscription's reader (RFC 8058)."""
        token = self.signer.sign_lasting(LEAVING_ALL, public_id)
        return self._link(language, f"/newsletter/leave-all/{token}")

    def choices(self, language: str, public_id: str) -> str:
        """Where that subscription's reader chooses; it never expires."""
        return self._link(language, self.choices_path(public_id))

    def choices_path(self, public_id: str) -> str:
        """As `choices`, without host and language."""
        return f"/newsletter/preferences/{self.signer.sign_lasting(CHOOSING, public_id)}"

    def to_confirm(self, token: str) -> tuple[str, ...]:
        """The subscriptions a link of `confirm` names, if it is not too old."""
        return _names(self.signer.read(CONFIRMING, token, max_age=CONFIRM_WITHIN))

    def to_leave(self, token: str) -> tuple[str, ...]:
        """The subscriptions a link of `leave` names."""
        return _names(self.signer.read(LEAVING, token))

    def _link(self, language: str, path: str) -> str:
        return reader_link(self.base_url, self.newsroom, language, path)


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(_BETWEEN))
