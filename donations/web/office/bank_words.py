"""In words: why a file from the bank cannot be read, and why a line cannot be what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from donations.web.office.wording import amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from donations.reconciliation.bank_files.lines import Unreadable
    from donations.reconciliation.receipts import CannotMatch


def unreadable(refusal: Unreadable) -> str:
    """Why a file was not taken, where in it, and what to do."""
    reasons = {
        "empty": _("There is no booked line in this file."),
        "too_large": _("The file is larger than 10 MB. Export a shorter period."),
        "unknown_format": _("This is none of the formats banks use: CAMT.053, MT940, OFX or CSV."),
        "unsafe": _("The file refers to other files, as no bank’s does. It was not opened."),
        "damaged": _("The file breaks off or is not what it says it is. Export it anew."),
        "incomplete": _("Not every line of the file can be read, so none was taken."),
        "no_currency": _("The file does not say which currency it is in. Choose it below."),
        "unknown_currency": _(
            "The file has lines in %(currency)s, in which Stripe pays nothing out.",
            currency=refusal.currency or "?",
        ),
        "no_date": _("There is no date where one should be."),
        "unclear_date": _("Days and months cannot be told apart. Choose which comes first below."),
        "no_amount": _("There is no amount where one should be."),
        "unclear_amount": _(
            "An amount has decimals its currency does not have, or may mean two things. Choose how"
            " decimals are written below."
        ),
        "columns": _("The columns have names we do not know. Choose them below."),
    }
    said = reasons[refusal.reason]
    where = "" if refusal.row is None else " " + _("It is line %(row)s.", row=refusal.row)
    return f"{said}{where} " + _("Nothing was imported.")


def cannot_match(refusal: CannotMatch) -> str:
    """Why a line is not what somebody said it is."""
    chosen = "" if refusal.chosen is None else amount(refusal.chosen)
    reasons = {
        "nothing_chosen": _("Choose a payout or a batch."),
        "line_taken": _("This line is matched already. Undo that first."),
        "line_dismissed": _("This line was left aside. Look at it again first."),
        "currency": _("That is in another currency than the line."),
        "sum": _("These come to %(sum)s, which is not what the line shows.", sum=chosen),
        "already_there": _("That is on another bank line already."),
        "not_closed": _("That batch is still open. Close it first."),
        "not_back": _("Money goes back only of a payout that failed."),
        "no_reason": _("Say why, so that the next person need not ask."),
    }
    return reasons[refusal.reason]


def names_unknown(names: Sequence[str]) -> str:
    """Which of the typed numbers are of nothing here."""
    return _("There is no payout and no batch called %(names)s.", names=", ".join(names)[:200])
