"""What the page of an action shows: how it stands, what can be chosen, what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import g, request

from donations.giving.fee_cover import covered
from donations.kernel.cadence import Frequency, later
from donations.kernel.database import db
from donations.kernel.money import Money
from donations.kernel.wording import money_text
from donations.self_service.actions import Action, Standing
from donations.self_service.calendar import MOST_MONTHS, latest_move
from donations.tiers.levels import offered
from donations.web.house import house
from donations.web.membership.words import day, given, months_of, other_rhythm
from donations.web.public.tier_view import tier_names

if TYPE_CHECKING:
    from datetime import datetime

    from donations.web.membership.admission import Admission

_YEAR = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things to choose from."""

    value: str
    label: str
    checked: bool
    tier: str = ""


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything the templates of the action pages say."""

    action: str
    via: str
    here: str
    home: str | None
    token: str
    label: str
    next_on: str | None
    ends_on: str | None
    behind: bool
    before_label: str
    rhythm: str
    amounts: tuple[Choice, ...] = ()
    bounds: tuple[str, str] = ("", "")
    currency: str = ""
    other: str = ""
    cover: str | None = None
    cover_ticked: bool = False
    months: tuple[Choice, ...] = ()
    after_next: str | None = None
    first_day: str = ""
    last_day: str = ""
    first_label: str = ""
    last_label: str = ""
    day: str = ""
    offers: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    came_back: bool = False


def page_view(
    admission: Admission,
    standing: Standing,
    *,
    before: Standing | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> PageView:
    """The view of an action's page."""
    known = before or standing
    rhythm = _rhythm(admission.action, known)
    form = typed or {}
    return PageView(
        action=admission.action.value,
        via=admission.via,
        here=admission.here,
        home=admission.home,
        token=admission.token,
        label=given(standing.amount, standing.frequency),
        before_label=given(known.amount, known.frequency),
        rhythm=rhythm.value,
        next_on=day(standing.next_at) if standing.next_at else None,
        ends_on=day(standing.ends_at) if standing.ends_at else None,
        behind=standing.state.value == "past_due",
        errors=errors or {},
        offers=_offers(admission, standing),
        came_back=bool(request.args.get("back")),
        **_amount_parts(admission.action, known, rhythm, form),
        **_date_parts(known, form),
    )


def _rhythm(action: Action, standing: Standing) -> Frequency:
    if action is Action.FREQUENCY:
        return other_rhythm(standing.frequency)
    return standing.frequency


def _offers(admission: Admission, standing: Standing) -> dict[str, str]:
    """The addresses of what else could be done."""
    others = standing.allowed - {admission.action}
    return {action.value: admission.elsewhere(action) for action in sorted(others)}


def _amount_parts(
    action: Action, standing: Standing, rhythm: Frequency, form: Mapping[str, str]
) -> dict[str, Any]:
    if action not in {Action.AMOUNT, Action.FREQUENCY}:
        return {}
    currency = standing.amount.currency
    ask = house().price_list.ask(currency, rhythm)
    suggested = _suggested(standing, rhythm)
    names = tier_names(offered(db.session()), rhythm, currency, g.language)
    shown = sorted({*ask.choices, *names, *((suggested,) if suggested else ())})
    chosen = form.get("amount") or str(suggested or standing.amount.minor)

    def text(minor: int) -> str:
        return money_text(Money(minor, currency), g.language)

    whole = covered(standing.amount, house().newsroom.fee_cover)
    return {
        "amounts": tuple(
            Choice(str(minor), text(minor), str(minor) == chosen, names.get(minor, ""))
            for minor in shown
        ),
        "bounds": (text(ask.minimum), text(ask.maximum)),
        "currency": currency.upper(),
        "other": form.get("other", "")[:40],
        "cover": text(whole.minor - standing.amount.minor) if action is Action.AMOUNT else None,
        "cover_ticked": form.get("cover") == "yes",
    }


def _suggested(standing: Standing, rhythm: Frequency) -> int | None:
    """What the same gift comes to at another rhythm, within the bounds; None for the same one."""
    if rhythm is standing.frequency:
        return None
    ask = house().price_list.ask(standing.amount.currency, rhythm)
    if rhythm is Frequency.ANNUAL:
        wanted = standing.amount.minor * _YEAR
    else:
        wanted = min(ask.choices, key=lambda one: abs(one * _YEAR - standing.amount.minor))
    return min(max(wanted, ask.minimum), ask.maximum)


def _date_parts(standing: Standing, form: Mapping[str, str]) -> dict[str, Any]:
    due = standing.next_at
    if due is None:
        return {}
    zone, now = house().newsroom.zone, house().clock.now()
    step = 1 if standing.frequency is Frequency.MONTHLY else _YEAR
    first = now.astimezone(zone).date() + timedelta(days=1)
    last = latest_move(due, standing.frequency).astimezone(zone).date()
    chosen = months_of(form.get("months", "1")) or 1
    return {
        "after_next": day(later(due, step)),
        "months": tuple(
            Choice(str(number), day(_paused(due, number)), checked=number == chosen)
            for number in range(1, MOST_MONTHS + 1)
        ),
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "first_label": day(now + timedelta(days=1)),
        "last_label": day(latest_move(due, standing.frequency)),
        "day": form.get("day", "")[:10] or due.astimezone(zone).date().isoformat(),
    }


def _paused(due: datetime, months: int) -> datetime:
    return later(due, months)
