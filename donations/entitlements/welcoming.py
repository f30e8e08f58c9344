"""Whoever has a comp may sign in although they never gave: asking for the link makes them known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from donations.entitlements.comp_models import Comp
from donations.entitlements.comps import address_of, link_comps
from donations.kernel.database import begin_write
from donations.supporters.account_models import SignInAsk
from donations.supporters.aliases import find_by_index
from donations.supporters.directory import recognise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.supporters.models import Supporter
    from donations.vault.keys import MasterKey


@dataclass(frozen=True, slots=True)
class Welcomer:
    """Stands before the handler that sends the link."""

    master: MasterKey
    sender: Handler

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """Make the owner of a waiting comp known, then send the link as to anybody."""
        begin_write(session)
        ask = session.get(SignInAsk, arguments["ask"])
        if ask is not None:
            welcome(session, self.master, ask.email_index, ask.language, now=now)
        session.commit()
        self.sender(session, arguments, now)


def welcome(
    session: Session, master: MasterKey, index: bytes, language: str, *, now: datetime
) -> Supporter | None:
    """The supporter of a mailbox a comp waits for, made now if there was none; the caller commits.

    None where nothing waits.
    """
    waits = select(Comp).where(Comp.email_index == index, Comp.ends_at > now)
    comp = session.scalar(waits.order_by(Comp.id).limit(1))
    if comp is None:
        return None
    owner = find_by_index(session, index)
    if owner is None:
        owner = recognise(
            session,
            master,
            email=address_of(session, master, comp),
            name=None,
            customer=None,
            language=language,
            now=now,
        )
    if owner is not None:
        link_comps(session, owner, now)
    return owner
