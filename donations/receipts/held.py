"""What is held of a supporter in this room, for the file they may ask for (GDPR, article 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from donations.receipts.coverage import declarations_of
from donations.receipts.declaring import person_of
from donations.receipts.models import ReceiptName

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from donations.supporters.models import Supporter
    from donations.vault.keys import MasterKey


def held(session: Session, master: MasterKey, supporter: Supporter) -> dict[str, Any]:
    """Declarations of Gift Aid, and the wish about the name.  Raises `vault.sealed.Forgotten`."""
    wish = session.get(ReceiptName, supporter.id)
    return {
        "name_on_receipts": None if wish is None else wish.named,
        "gift_aid_declarations": [
            {
                **person_of(session, master, one).model_dump(),
                "wording": one.wording,
                "covers_from": one.covers_from.isoformat(),
                "made_at": one.made_at.isoformat(),
                "revoked_at": None if one.revoked_at is None else one.revoked_at.isoformat(),
            }
            for one in declarations_of(session, supporter.id)
        ],
    }
