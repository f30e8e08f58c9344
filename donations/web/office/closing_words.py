"""What staff read on a month's way to being closed."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext

STEPS: Final = {
    "in_order": lazy_gettext("The month before is closed"),
    "over": lazy_gettext("The month is over"),
    "swept": lazy_gettext("Stripe’s movements are swept to the end of the month"),
    "booked": lazy_gettext("Every gift is booked"),
    "payouts": lazy_gettext("Every payout is tied to its lines and to the bank"),
    "batches": lazy_gettext("No batch of offline gifts is open"),
    "exceptions": lazy_gettext("Every exception has cleared or is explained"),
    "invariants": lazy_gettext("The books agree with themselves"),
}
STANDINGS: Final = {
    "done": lazy_gettext("Done"),
    "blocked": lazy_gettext("Open"),
    "waiting": lazy_gettext("Waiting"),
    "to_explain": lazy_gettext("To be explained"),
    "later": lazy_gettext("Checked last"),
}
HINTS: Final = {
    ("in_order", "blocked"): lazy_gettext("Months close in order. The next one to close is"),
    ("over", "waiting"): lazy_gettext("It ends by the clocks of the books’ own time zone."),
    ("swept", "waiting"): lazy_gettext("The nightly sweep comes past it by itself."),
    ("swept", "blocked"): lazy_gettext(
        "The latest sweep could not book some movements and tries them again."
    ),
    ("booked", "waiting"): lazy_gettext("Stripe has not told the fees of these gifts yet:"),
    ("payouts", "blocked"): lazy_gettext("Not tied:"),
    ("payouts", "to_explain"): lazy_gettext(
        "No bank statement was ever imported, so the bank’s side is not proven. Import one, or say"
        " below how you know that the money arrived."
    ),
    ("batches", "blocked"): lazy_gettext("Close them, or discard them:"),
    ("exceptions", "blocked"): lazy_gettext("Still open:"),
    ("invariants", "blocked"): lazy_gettext("Broken; tell whoever runs the server:"),
}
NOTES: Final = {
    "not_at_bank": lazy_gettext("not on a statement"),
    "bank_differs": lazy_gettext("another amount on the statement"),
    "lines_unknown": lazy_gettext("lines not listed yet"),
    "lines_differ": lazy_gettext("lines sum to something else"),
    "not_back": lazy_gettext("failed, and not yet back in the balance"),
}
ASSETS: Final = {
    "stripe_balance": lazy_gettext("Stripe balance"),
    "in_transit": lazy_gettext("Payouts in transit"),
    "undeposited": lazy_gettext("Undeposited cheques, cash and transfers"),
    "bank": lazy_gettext("Bank"),
}
WORDS: Final[dict[str, dict[Any, Any]]] = {
    "STEPS": STEPS,
    "STANDINGS": STANDINGS,
    "HINTS": HINTS,
    "NOTES": NOTES,
    "ASSETS": ASSETS,
}
