"""The letter before a promo's higher amount is taken for the first time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from donations.giving.cancelling import is_cancelled
from donations.kernel.wording import day_text, money_text
from donations.mailer.message import Message
from donations.self_service.actions import Action
from donations.self_service.promo_models import PromoTerm
from donations.self_service.promo_states import TermState
from donations.self_service.raising import LETTER_JOB
from donations.supporters.directory import identity
from donations.vault.sealed import Forgotten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from donations.kernel.newsroom import Newsroom
    from donations.mailer.postbox import Postbox
    from donations.self_service.links import ActionLinks
    from donations.vault.keys import MasterKey

_OFFERED: Final = (Action.AMOUNT, Action.CANCEL)


@dataclass(frozen=True, slots=True)
class PromoLetter:
    """The handler of the jobs `promo_ends`."""

    master: MasterKey
    postbox: Postbox
    links: ActionLinks
    newsroom: Newsroom

    def __call__(self, session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        """Say what will be taken and when, unless that is no longer so."""
        term = session.get_one(PromoTerm, arguments["term"])
        membership = term.membership
        supporter = membership.supporter
        ends = is_cancelled(membership) or membership.ends_with_period
        if supporter is None or ends or term.state == TermState.DROPPED:
            return
        try:
            to = identity(session, self.master, supporter).email
        except Forgotten:
            return
        if to is None:
            return
        language, due = supporter.language, datetime.fromisoformat(arguments["due"])
        context = {
            "amount": money_text(term.promo.first, language),
            "then": money_text(term.promo.then, language),
            "frequency": membership.frequency,
            "next_on": day_text(due.astimezone(self.newsroom.zone).date(), language),
            "links": {
                each.value: self.links.url(each, membership.public_id, language)
                for each in _OFFERED
            },
            "contact": self.newsroom.contact,
        }
        key = f"{LETTER_JOB}:{term.id}:{due.date().isoformat()}"
        self.postbox.post(session, key, Message(LETTER_JOB, to, language, context))
