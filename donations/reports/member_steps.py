"""What members asked for, and what they were written unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.dunning.models import Notice
from donations.self_service.models import MembershipOrder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session


def asked_for(session: Session, memberships: Collection[int]) -> Iterator[tuple[datetime, str]]:
    """What was asked of these memberships and done: when, and which action."""
    done = select(MembershipOrder.done_at, MembershipOrder.action).where(
        MembershipOrder.membership_id.in_(memberships), MembershipOrder.done_at.is_not(None)
    )
    for at, action in session.execute(done):
        if at is not None:
            yield at, f"asked_{action}"


def written_of(session: Session, memberships: Collection[int]) -> Iterator[tuple[datetime, str]]:
    """The notices of these memberships: when they were owed, and of which kind."""
    owed = select(Notice.at, Notice.kind).where(Notice.membership_id.in_(memberships))
    for at, kind in session.execute(owed):
        yield at, f"notice_{kind}"
