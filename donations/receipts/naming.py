"""Whether a receipt names its giver: as they wish, and by the regime until they said.

A receipt for taxes serves whoever it names; one that serves no tax need not name anybody, and in
some countries had better not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.kernel.database import begin_write
from donations.receipts.models import ReceiptName
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from donations.receipts.issuer import ReceiptIssuer


def is_named(session: Session, supporter_id: int, issuer: ReceiptIssuer) -> bool:
    """Whether receipts still to be made name this supporter."""
    wish = session.get(ReceiptName, supporter_id)
    return issuer.regime != "generic" if wish is None else wish.named


def choose_name(session: Session, supporter_id: int, *, named: bool) -> None:
    """Have receipts still to be made name the supporter or not.  Commits."""
    begin_write(session)
    session.get_one(Supporter, supporter_id, with_for_update=True)
    wish = session.get(ReceiptName, supporter_id)
    if wish is None:
        session.add(ReceiptName(supporter_id=supporter_id, named=named))
    else:
        wish.named = named
    session.commit()
