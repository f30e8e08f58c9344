"""Which declaration of Gift Aid covers a gift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.receipts.models import GiftAidDeclaration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from donations.giving.models import Gift


def declarations_of(session: Session, supporter_id: int) -> Sequence[GiftAidDeclaration]:
    """Every declaration of a supporter, the newest first."""
    return session.scalars(
        select(GiftAidDeclaration)
        .where(GiftAidDeclaration.supporter_id == supporter_id)
        .order_by(GiftAidDeclaration.made_at.desc(), GiftAidDeclaration.id.desc())
    ).all()


def covering(declarations: Iterable[GiftAidDeclaration], gift: Gift) -> GiftAidDeclaration | None:
    """Of a giver's declarations, the newest first, the one that covers the gift."""
    for one in declarations:
        revoked = one.revoked_at is not None and one.revoked_at <= gift.received_at
        if one.covers_from <= gift.received_at and not revoked:
            return one
    return None
