"""Reminders, and gifts that were begun."""

from __future__ import annotations

from datetime import date
from typing import Final

from donations.mailer.samples.sample import NEXT, SIGNED, Facts, Reader, Sample

_ASKED: Final = date(2026, 8, 3)


def _reminder(reader: Reader, **changes: object) -> Facts:
    return {
        "month": reader.month(),
        "asked_on": reader.day(_ASKED),
        "amount": reader.amount(),
        "frequency": "monthly",
        "follows": "nothing",
        "every_months": None,
        "next_on": None,
        "give_url": reader.link("/support") + "?reminder=rem_4821",
        "again_url": reader.link(f"/remind-me/again/{SIGNED}"),
        "cancel_url": reader.link(f"/remind-me/cancel/{SIGNED}"),
        "never_url": reader.link(f"/remind-me/never/{SIGNED}"),
        **changes,
    }


def _recovery(reader: Reader, *, last: bool) -> Facts:
    return {
        "amount": reader.amount(),
        "frequency": "monthly",
        "finish_url": f"https://checkout.stripe.com/c/pay/{SIGNED}",
        "no_url": reader.link(f"/support/unfinished/{SIGNED}"),
        "last": last,
    }


SAMPLES: Final = (
    Sample("reminder", "reminder", _reminder),
    Sample("reminder-open", "reminder", lambda r: _reminder(r, amount=None, frequency=None)),
    Sample("reminder-second", "reminder", lambda r: _reminder(r, follows="second")),
    Sample(
        "reminder-series",
        "reminder",
        lambda r: _reminder(r, follows="series", every_months=3, next_on=r.day(NEXT)),
    ),
    Sample("recovery", "recovery", lambda r: _recovery(r, last=False)),
    Sample("recovery-last", "recovery", lambda r: _recovery(r, last=True)),
)
