"""What the buyer of a gift membership told us of its recipient, and the link: sealed, then gone.

They belong to no supporter we know, so they are sealed operationally.  The link's token is kept as
long as a letter or the buyer's account may have to say it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.kernel.ids import new_token, token_digest
from donations.vault.keys import normalised_email
from donations.vault.sealed import open_operational, seal_operational

if TYPE_CHECKING:
    from donations.entitlements.gift_models import GiftMembership
    from donations.vault.keys import MasterKey

LONGEST_MESSAGE: Final = 500
_RECIPIENT: Final = "gift_membership.recipient"
_MESSAGE: Final = "gift_membership.message"
_TOKEN: Final = "gift_membership.token"  # noqa: S105 - a column's name


def seal_words(master: MasterKey, gift: GiftMembership, recipient: str, message: str) -> None:
    """Seal what was told of the recipient; empty for nothing."""
    gift.recipient_sealed = gift.email_index = gift.message_sealed = None
    if recipient:
        gift.recipient_sealed = seal_operational(master, _RECIPIENT, recipient)
        gift.email_index = master.index("email", normalised_email(recipient))
    if message:
        gift.message_sealed = seal_operational(master, _MESSAGE, message)


def seal_new_token(master: MasterKey, gift: GiftMembership) -> None:
    """Make the link's token: its digest finds the gift, sealed it can be written again."""
    token = new_token()
    gift.token_digest = token_digest(token)
    gift.token_sealed = seal_operational(master, _TOKEN, token)


def recipient_of(master: MasterKey, gift: GiftMembership) -> str | None:
    """The address the gift is to be sent to; None if there is none, or none any more."""
    return _opened(master, _RECIPIENT, gift.recipient_sealed)


def message_of(master: MasterKey, gift: GiftMembership) -> str | None:
    """The buyer's words to the recipient."""
    return _opened(master, _MESSAGE, gift.message_sealed)


def token_of(master: MasterKey, gift: GiftMembership) -> str | None:
    """The token of the link; None once it is gone."""
    return _opened(master, _TOKEN, gift.token_sealed)


def forget_words(gift: GiftMembership) -> None:
    """Destroy everything sealed in the row, and the index by which its recipient is found."""
    gift.recipient_sealed = gift.email_index = gift.message_sealed = gift.token_sealed = None


def _opened(master: MasterKey, column: str, sealed: bytes | None) -> str | None:
    return None if sealed is None else open_operational(master, column, sealed)
