"""How a membership stands, in the plain sentences of its supporter's overview.

Each sentence about money says when it is taken next, or that it is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from donations.giving.states import MembershipState
from donations.kernel.wording import day_text, money_text
from donations.self_service.actions import Action
from donations.web.account.blueprint import account_path
from donations.web.public.ask_words import order_label

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from donations.self_service.actions import Standing

# In the order they are offered in; to end it stands last and is as plain as the others.
_ORDER: Final = (
    *(Action.KEEP, Action.RESUME, Action.AMOUNT, Action.FREQUENCY, Action.MOVE, Action.SKIP),
    *(Action.PAUSE, Action.PAY, Action.CARD, Action.CANCEL),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One thing to do."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class MembershipView:
    """A membership as the overview shows it.

    `tone` is `done`, `wait` or `error`, the drawing beside `state`; `notes` are what was asked and
    what came of it.
    """

    label: str
    tone: str
    state: str
    sentence: str
    notes: tuple[str, ...]
    actions: tuple[Link, ...]
    ended: bool


def membership_view(
    standing: Standing, *, language: str, zone: ZoneInfo, ended_at: datetime | None, failed: str
) -> MembershipView:
    """The membership in a language; `failed` is the sentence of why a payment failed, if it did."""

    def day(moment: datetime | None) -> str | None:
        return None if moment is None else day_text(moment.astimezone(zone).date(), language)

    tone, state, sentence = _said(
        standing,
        next_on=day(standing.next_at),
        resumes_on=day(standing.resumes_at),
        ends_on=day(standing.ends_at),
        ended_on=day(ended_at),
        failed=failed,
    )
    amount = money_text(standing.amount, language)
    return MembershipView(
        label=order_label(standing.frequency, amount),
        tone=tone,
        state=state,
        sentence=sentence,
        notes=_notes(standing),
        actions=tuple(
            Link(action_label(each), account_path(f"/memberships/{standing.public_id}/{each}"))
            for each in _ORDER
            if each in standing.allowed
        ),
        ended=standing.state is MembershipState.ENDED,
    )


def action_label(action: Action) -> str:
    """What following the link is for."""
    return {
        Action.AMOUNT: _("Change the amount"),
        Action.FREQUENCY: _("Give monthly or yearly"),
        Action.PAUSE: _("Pause"),
        Action.RESUME: _("End the pause"),
        Action.SKIP: _("Skip the next payment"),
        Action.MOVE: _("Move the date"),
        Action.CARD: _("Change the card"),
        Action.PAY: _("Pay what is owed"),
        Action.CANCEL: _("End it"),
        Action.KEEP: _("Keep it after all"),
    }[action]


def _said(
    standing: Standing,
    *,
    next_on: str | None,
    resumes_on: str | None,
    ends_on: str | None,
    ended_on: str | None,
    failed: str,
) -> tuple[str, str, str]:
    """The drawing, the state in a word or two, and the sentence."""
    if standing.state is MembershipState.ENDED:
        ended = _("It ended on %(day)s.", day=ended_on) if ended_on else _("It has ended.")
        return "done", _("Ended"), f"{ended} {_('Nothing more is taken.')}"
    if standing.pending is Action.CANCEL and not standing.allowed:
        return "wait", _("Ending"), _("You ended it. Nothing more is taken.")
    if ends_on:
        return "wait", _("Ends on %(day)s", day=ends_on), _("Nothing more is taken until then.")
    return _living(standing, next_on=next_on, resumes_on=resumes_on, failed=failed)


def _living(
    standing: Standing, *, next_on: str | None, resumes_on: str | None, failed: str
) -> tuple[str, str, str]:
    if standing.state is MembershipState.INCOMPLETE:
        sentence = _("The first payment has not been confirmed yet.")
        return "wait", _("Not confirmed yet"), sentence
    if standing.state is MembershipState.PAST_DUE:
        return "error", _("A payment is missing"), failed
    if standing.state is MembershipState.PAUSED:
        return "wait", _paused(resumes_on), _next(next_on) or _("Nothing is taken in the meantime.")
    return "done", _("Active"), _next(next_on) or _("The next payment is under way.")


def _paused(resumes_on: str | None) -> str:
    return _("Paused until %(day)s", day=resumes_on) if resumes_on else _("Paused")


def _next(next_on: str | None) -> str:
    return _("The next payment is taken on %(day)s.", day=next_on) if next_on else ""


def _notes(standing: Standing) -> tuple[str, ...]:
    notes = []
    if standing.pending is not None and standing.allowed:
        notes.append(
            _(
                "You asked for this: %(what)s. It is being carried out, usually within a minute.",
                what=_asked(standing.pending),
            )
        )
    if standing.dropped is not None and standing.pending is None:
        notes.append(
            _(
                "You asked for this, and it could not be done: %(what)s. Nothing was changed.",
                what=_asked(standing.dropped),
            )
        )
    return tuple(notes)


def _asked(action: Action) -> str:
    """What was asked, in the middle of a sentence."""
    return {
        Action.AMOUNT: _("another amount"),
        Action.FREQUENCY: _("another rhythm"),
        Action.PAUSE: _("a pause"),
        Action.RESUME: _("the end of the pause"),
        Action.SKIP: _("to skip the next payment"),
        Action.MOVE: _("another date"),
        Action.CARD: _("another card"),
        Action.PAY: _("to pay what is owed"),
        Action.CANCEL: _("to end it"),
        Action.KEEP: _("to keep it after all"),
    }[action]
