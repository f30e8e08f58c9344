"""Why support ended, for those who can do something about it; people are counted, never named."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

import structlog
from flask import Response, g, render_template, stream_with_context
from flask_babel import lazy_gettext

from donations.kernel.database import db
from donations.kernel.months import Month
from donations.reports.spreadsheet import spreadsheet
from donations.self_service import endings as counted
from donations.self_service.endings import Endings, endings
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.queries import asked

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_log: Final = structlog.get_logger("donations.office")
_MONTHS_BACK: Final = 11
_LONGEST_PERIOD: Final = 60
HANDS: Final = {
    counted.ASKED: lazy_gettext("They ended it"),
    counted.FAILED: lazy_gettext("Payments failed to the end"),
    counted.DISPUTED: lazy_gettext("Their bank took a payment back"),
    counted.OTHERWISE: lazy_gettext("Otherwise, such as by us at Stripe"),
}
REASONS: Final = {
    "money": lazy_gettext("Cannot afford it now"),
    "too_much": lazy_gettext("More than they wanted to give"),
    "not_reading": lazy_gettext("Do not read it often enough"),
    "content": lazy_gettext("Not happy with the journalism"),
    "elsewhere": lazy_gettext("Support somebody else now"),
    "other_way": lazy_gettext("Give in another way"),
    "payment_trouble": lazy_gettext("Trouble with the payment"),
    "privacy": lazy_gettext("Worried about their safety"),
    "other": lazy_gettext("Something else"),
    "no_wish": lazy_gettext("Rather did not say"),
    counted.UNSAID: lazy_gettext("Did not answer"),
}


@page("/endings", needs=Permission.ENDINGS)
def ending_report() -> ResponseReturnValue:
    """A period's endings, by whose hand and for which reason."""
    first, last = _asked()
    found = _found(first, last)
    return render_template(
        "office/endings.html",
        first=first,
        last=last,
        found=found,
        hands=[(HANDS[hand], number) for hand, number in found.by_hand.items()],
        reasons=[(REASONS[reason], number) for reason, number in found.by_reason.items()],
    )


@page("/endings.csv", needs=Permission.ENDINGS)
def ending_csv() -> ResponseReturnValue:
    """The same as a file."""
    found = _found(*_asked())
    lines = [("hand", hand, number) for hand, number in found.by_hand.items()]
    lines += [("reason", reason, number) for reason, number in found.by_reason.items()]
    as_of = house().clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H%MZ")
    _log.info("exported", report="endings", staff=g.visitor.staff_id)
    response = Response(
        stream_with_context(spreadsheet(("grouping", "group", "ended"), lines)),
        content_type="text/csv; charset=utf-8",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="endings-{as_of}.csv"'
    return response


def _asked() -> tuple[Month, Month]:
    """The last year, unless the address says otherwise."""
    last = asked("to", Month.parse) or Month.of(house().clock.now(), house().newsroom.zone)
    first = asked("from", Month.parse) or last.later(-_MONTHS_BACK)
    return max(first, last.later(1 - _LONGEST_PERIOD)), last


def _found(first: Month, last: Month) -> Endings:
    zone = house().newsroom.zone
    return endings(db.session(), first.start(zone), last.end(zone))
