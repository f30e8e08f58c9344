"""What is written to a member: what they asked for is done, their declaration arrived, a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.giving.cancelling import is_cancelled
from donations.giving.models import Membership
from donations.kernel.cadence import Frequency
from donations.kernel.wording import day_text, moment_text, money_text
from donations.mailer.message import Message
from donations.self_service.actions import Action, Standing, describe
from donations.self_service.asking import ENDED_JOB
from donations.self_service.carrying_out import TOLD_JOB
from donations.self_service.models import MembershipOrder
from donations.self_service.withdrawal_models import Withdrawal
from donations.self_service.withdrawing import LETTER_JOB, LINK_JOB
from donations.supporters.aliases import find_by_index
from donations.supporters.directory import mailbox_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.kernel.newsroom import Newsroom
    from donations.mailer.postbox import Postbox
    from donations.self_service.links import ActionLinks
    from donations.vault.keys import MasterKey

_WITHDRAWAL: Final = "withdrawal"


class MembershipLetters:
    """Writes the letters of self-service; its methods are the handlers of its jobs."""

    def __init__(
        self, master: MasterKey, postbox: Postbox, links: ActionLinks, newsroom: Newsroom
    ) -> None:
        self._master = master
        self._postbox = postbox
        self._links = links
        self._newsroom = newsroom

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The jobs, by kind."""
        return {
            TOLD_JOB: self.changed,
            ENDED_JOB: self.ended,
            LETTER_JOB: self.withdrawn,
            LINK_JOB: self.links,
        }

    def changed(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """What was asked for is done, or could not be."""
        order = session.get_one(MembershipOrder, arguments["order"])
        supporter = order.membership.supporter
        to = mailbox_of(session, self._master, supporter)
        if to is None or supporter is None:
            return
        language = supporter.language
        stands = describe(session, order.membership, now=now)
        context = {
            "action": order.action,
            "done": order.done_at is not None,
            **self._standing(stands, language),
            "undo_url": self._undoing(order, stands, language),
            "contact": self._newsroom.contact,
        }
        message = Message(TOLD_JOB, to, language, context)
        self._postbox.post(session, f"{TOLD_JOB}:{order.public_id}", message)

    def withdrawn(self, session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        """The declaration by which a contract was ended has arrived, with day and time."""
        declared = session.get_one(Withdrawal, arguments["withdrawal"])
        membership = session.get_one(Membership, declared.membership_id)
        key, number = f"{LETTER_JOB}:{declared.public_id}", declared.receipt_number
        self._acknowledge(session, membership, declared.at, key, number)

    def ended(self, session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        """It was ended by a link or in the account, and that is acknowledged as well."""
        membership = session.get_one(Membership, arguments["membership"])
        if membership.cancel_asked_at is not None:
            key = f"{ENDED_JOB}:{membership.public_id}"
            self._acknowledge(session, membership, membership.cancel_asked_at, key, None)

    def _acknowledge(
        self, session: Session, membership: Membership, at: datetime, key: str, number: int | None
    ) -> None:
        to = mailbox_of(session, self._master, membership.supporter)
        if to is None or membership.supporter is None:
            return
        language = membership.supporter.language
        context = {
            "receipt_number": number,
            "at": moment_text(at.astimezone(self._newsroom.zone), language),
            "amount": money_text(membership.amount, language),
            "frequency": membership.frequency,
            "contact": self._newsroom.contact,
        }
        self._postbox.post(session, key, Message(_WITHDRAWAL, to, language, context))

    def links(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """A cancelling link for everything an address still gives regularly; none, no letter."""
        index = bytes.fromhex(arguments["index"])
        supporter = find_by_index(session, index)
        to = mailbox_of(session, self._master, supporter)
        if to is None or supporter is None:
            return
        mine = select(Membership).where(Membership.supporter_id == supporter.id)
        living = [one for one in session.scalars(mine) if not is_cancelled(one)]
        if not living:
            return
        language = supporter.language
        given = tuple(
            {
                "amount": money_text(one.amount, language),
                "frequency": one.frequency,
                "url": self._links.url(Action.CANCEL, one.public_id, language),
            }
            for one in living
        )
        context = {"given": given, "contact": self._newsroom.contact}
        key = f"{LINK_JOB}:{supporter.public_id}:{now.date().isoformat()}"
        self._postbox.post(session, key, Message(LINK_JOB, to, language, context))

    def _standing(self, stands: Standing, language: str) -> dict[str, Any]:
        zone = self._newsroom.zone

        def day(moment: datetime | None) -> str | None:
            return day_text(moment.astimezone(zone).date(), language) if moment else None

        return {
            "amount": money_text(stands.amount, language),
            "frequency": Frequency(stands.frequency).value,
            "next_on": day(stands.next_at),
            "ends_on": day(stands.ends_at),
        }

    def _undoing(self, order: MembershipOrder, stands: Standing, language: str) -> str | None:
        """The way back, where there is one."""
        back = {
            Action.PAUSE: Action.RESUME,
            Action.SKIP: Action.RESUME,
            Action.CANCEL: Action.KEEP,
            Action.AMOUNT: Action.AMOUNT,
            Action.FREQUENCY: Action.FREQUENCY,
            Action.MOVE: Action.MOVE,
        }.get(Action(order.action))
        if back is None or back not in stands.allowed:
            return None
        return self._links.url(back, stands.public_id, language)
