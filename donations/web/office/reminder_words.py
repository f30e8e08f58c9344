"""What the figures of reminders say in words: never more than the numbers bear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.numbers import format_percent
from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from donations.web.house import house

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.reminders.measuring import Interval, Measure

ENOUGH: Final = 30
"""Fewer than this on either side, and a difference is not spoken of."""

GROUPINGS: Final = {
    "placement": lazy_gettext("By placement"),
    "stage": lazy_gettext("By stage"),
    "language": lazy_gettext("By language"),
    "campaign": lazy_gettext("By campaign"),
}
_COLUMNS: Final = {
    "placement": lazy_gettext("Where"),
    "stage": lazy_gettext("When asked"),
    "language": lazy_gettext("Language"),
    "campaign": lazy_gettext("Campaign"),
}
_PLACEMENTS: Final = {
    "article": lazy_gettext("Below an article"),
    "support": lazy_gettext("The appeal’s own page"),
    "thanks": lazy_gettext("The thank-you page"),
    "cancelling": lazy_gettext("After cancelling"),
    "newsletter": lazy_gettext("The newsletters’ page"),
    "remind": lazy_gettext("The reminder’s own page"),
    "reminder": lazy_gettext("The appeal, from a letter"),
    "letter": lazy_gettext("From a letter: another time"),
}
_STAGES: Final = {
    "before": lazy_gettext("Before giving"),
    "after": lazy_gettext("After giving"),
    "winback": lazy_gettext("After a membership ended"),
}


def column(by: str) -> str:
    """The head of the column that names the groups."""
    return str(_COLUMNS[by])


def group_name(by: str, group: str) -> str:
    """A group in the office's words; what has none is shown as it was told."""
    if by == "language":
        return Locale.parse(g.language).languages.get(group, group).capitalize()
    words: Mapping[str, object] = {"placement": _PLACEMENTS, "stage": _STAGES}.get(by, {})
    return str(words.get(group, group or _("None")))


def verdict(measure: Measure) -> str:
    """What the comparison shows, in one sentence."""
    found = measure.difference
    if not house().newsroom.reminder_holdout and not measure.held:
        return _("Nothing is held back, so nothing can be compared: see NEWSROOM_REMINDER_HOLDOUT.")
    if found is None:
        return _("Nothing to compare yet: that takes two weeks from the first of a month.")
    if min(measure.compared, measure.held) < ENOUGH:
        return _("Too few to tell: that takes at least %(count)s on either side.", count=ENOUGH)
    return _said(found)


def _said(found: Interval) -> str:
    fewest, most = sorted((abs(found.low), abs(found.high)))
    bounds = {"low": _hundredths(fewest), "high": _hundredths(most)}
    if found.low > 0:
        return _("The letter brings gifts: %(low)s to %(high)s more of a hundred gave.", **bounds)
    if found.high < 0:
        return _(
            "With the letter %(low)s to %(high)s fewer of a hundred gave. Look at the letter.",
            **bounds,
        )
    return _(
        "No difference that could not be chance: it is between %(low)s and %(high)s of a hundred.",
        low=_points(found.low),
        high=_points(found.high),
    )


def brief(measure: Measure) -> str:
    """The same for one line of a table."""
    found = measure.difference
    if found is None:
        return _("nothing to compare")
    if min(measure.compared, measure.held) < ENOUGH:
        return _("too few to tell")
    return _("%(low)s to %(high)s points", low=_points(found.low), high=_points(found.high))


def share_text(share: float) -> str:
    """A share as people read it: "8%", "0.4%"."""
    return str(format_percent(share, "0.#%", locale=g.language))


def bounds_text(interval: Interval) -> str:
    """A share with its bounds."""
    return _(
        "%(share)s (%(low)s to %(high)s)",
        share=share_text(interval.middle),
        low=share_text(interval.low),
        high=share_text(interval.high),
    )


def _points(difference: float) -> str:
    """A difference in hundredths, its sign always told."""
    text = _hundredths(abs(difference))
    if text == "0":
        return text
    return f"+{text}" if difference > 0 else f"−{text}"


def _hundredths(share: float) -> str:
    return format(round(share * 100, 1), "g")
