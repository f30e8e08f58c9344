"""What is written about a membership: changed, ended, a link."""

from __future__ import annotations

from typing import Final

from donations.mailer.samples.sample import NEXT, SIGNED, Facts, Reader, Sample


def _changed(reader: Reader, action: str, **changes: object) -> Facts:
    return {
        "action": action,
        "done": True,
        "amount": reader.amount(),
        "frequency": "monthly",
        "next_on": reader.day(NEXT),
        "ends_on": None,
        "undo_url": reader.link(f"/support/act/{action}/{SIGNED}"),
        **changes,
    }


def _withdrawal(reader: Reader) -> Facts:
    return {
        "receipt_number": 4821,
        "at": f"{reader.day()}, 14:05 +01:00",
        "amount": reader.amount(),
        "frequency": "annual",
    }


def _new_link(reader: Reader) -> Facts:
    return {"url": reader.link(f"/support/act/pause/{SIGNED}")}


def _cancel_link(reader: Reader) -> Facts:
    url = reader.link(f"/support/act/cancel/{SIGNED}")
    monthly = {"amount": reader.amount(), "frequency": "monthly", "url": url}
    return {"given": (monthly, {**monthly, "amount": reader.amount(10000), "frequency": "annual"})}


SAMPLES: Final = (
    Sample("membership-changed", "membership_changed", lambda r: _changed(r, "amount")),
    Sample(
        "membership-ends",
        "membership_changed",
        lambda r: _changed(r, "keep", next_on=None, ends_on=r.day(NEXT)),
    ),
    Sample(
        "membership-not-changed",
        "membership_changed",
        lambda r: _changed(r, "skip", done=False, undo_url=None),
    ),
    Sample("withdrawal", "withdrawal", _withdrawal),
    Sample("membership-ended", "withdrawal", lambda r: {**_withdrawal(r), "receipt_number": None}),
    Sample("new-link", "new_link", _new_link),
    Sample("cancel-link", "cancel_link", _cancel_link),
)
