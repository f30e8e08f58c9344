"""Writes the notices: what happened or will happen, whether money moved, and what may be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.dunning.cards import expiry_of
from donations.dunning.declines import CURES, SENTENCES, Reason, reason_of
from donations.dunning.kinds import Kind
from donations.dunning.models import Notice
from donations.giving.cancelling import is_cancelled
from donations.giving.models import Membership
from donations.giving.states import MembershipState
from donations.kernel.wording import day_text, money_text
from donations.mailer.message import Message, Stream
from donations.supporters.directory import mailbox_of
from donations.supporters.wishes import Wish, wants

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.kernel.newsroom import Newsroom
    from donations.mailer.postbox import Postbox
    from donations.vault.keys import MasterKey

_LINKS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.FAILED: ("card", "pay", "amount", "cancel"),
    Kind.CONFIRM: ("pay", "card", "cancel"),
    Kind.LAST: ("pay", "card", "amount", "cancel"),
    Kind.LAPSED: (),
    Kind.CARD_EXPIRING: ("card", "cancel"),
    Kind.CARD_EXPIRED: ("card", "cancel"),
    Kind.ANNUAL: ("amount", "frequency", "move", "card", "cancel"),
    Kind.STILL_READING: ("amount", "frequency", "pause", "cancel"),
}
_BEHIND: Final = frozenset({Kind.FAILED, Kind.CONFIRM, Kind.LAST})


class NoticeLetters:
    """Writes the notices; its methods are the handlers of their jobs."""

    def __init__(
        self,
        master: MasterKey,
        postbox: Postbox,
        newsroom: Newsroom,
        act_url: Callable[[str, str, str], str],
        page_url: Callable[[str, str, str], str],
    ) -> None:
        """`act_url` as `giving.letters.LetterWriter` has it.

        `page_url` gives the address of `again`, `remind` or `no_more` for a membership's public id
        in a language.
        """
        self._master = master
        self._postbox = postbox
        self._newsroom = newsroom
        self._act_url = act_url
        self._page_url = page_url

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The jobs, by kind."""
        return {kind.value: self.write for kind in Kind}

    def write(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """Post one notice, unless what it would say is no longer so."""
        if "notice" not in arguments:
            self._write_as_before(session, arguments, now)
            return
        notice = session.get_one(Notice, arguments["notice"])
        if _is_overtaken(notice):
            return
        key = f"notice:{notice.id}"
        self._post(session, notice.membership, notice, key, now)

    def _write_as_before(
        self, session: Session, arguments: Mapping[str, Any], now: datetime
    ) -> None:
        """A letter promised by a release that named the membership in the job."""
        membership = session.get_one(Membership, arguments["membership"])
        code = membership.last_failure_code
        notice = Notice(kind=Kind.FAILED, reason=reason_of(code).value, at=now, next_at=None)
        key = f"{Kind.FAILED}:{arguments['cause']}"
        self._post(session, membership, notice, key, now)

    def _post(
        self, session: Session, membership: Membership, notice: Notice, key: str, now: datetime
    ) -> None:
        supporter, kind = membership.supporter, Kind(notice.kind)
        to, wished = mailbox_of(session, self._master, supporter), kind is Kind.STILL_READING
        if supporter is None or to is None or (wished and not wants(supporter, Wish.STILL_READING)):
            return
        language, name = supporter.language, membership.public_id
        context = self._facts(session, membership, notice, language, now)
        no_more = self._page_url("no_more", name, language) if wished else None
        stream = Stream.WISHED if wished else Stream.NEEDED
        message = Message(kind.value, to, language, context, no_more, stream)
        self._postbox.post(session, key, message)

    def _facts(
        self,
        session: Session,
        membership: Membership,
        notice: Notice,
        language: str,
        now: datetime,
    ) -> dict[str, Any]:
        kind, name, zone = Kind(notice.kind), membership.public_id, self._newsroom.zone

        def day(moment: datetime | None) -> str | None:
            return day_text(moment.astimezone(zone).date(), language) if moment else None

        next_at = notice.next_at or (None if kind in _BEHIND else membership.renews_at)
        expires = expiry_of(session, membership.id)
        reason = Reason(notice.reason) if notice.reason else None
        return {
            "amount": money_text(membership.amount, language),
            "frequency": membership.frequency,
            "why": SENTENCES[reason] if reason else None,
            "cure": CURES[reason].value if reason else None,
            "next_on": day(next_at),
            "since": day(membership.started_at),
            "expires_on": day_text(expires, language) if expires else None,
            "expires_before": _is_before(expires, membership.renews_at),
            "is_over": bool(expires and expires < now.astimezone(zone).date()),
            "links": {action: self._act_url(action, name, language) for action in _LINKS[kind]},
            "again_url": self._page_url("again", name, language),
            "remind_url": self._page_url("remind", name, language),
            "no_more_url": self._page_url("no_more", name, language),
            "contact": self._newsroom.contact,
        }


def _is_before(expires: date | None, renews_at: datetime | None) -> bool:
    """Whether the card is over before the next payment."""
    return bool(expires and renews_at and expires < renews_at.date())


def _is_overtaken(notice: Notice) -> bool:
    """Whether what was to be said is no longer so: paid since, ended, or on its way to its end."""
    membership, kind = notice.membership, Kind(notice.kind)
    if kind is Kind.LAPSED:
        return membership.cancel_asked_at is not None
    if kind in _BEHIND:
        return is_cancelled(membership) or membership.state != MembershipState.PAST_DUE
    return is_cancelled(membership) or membership.ends_with_period
