"""Receipts, and payments that are on their way or failed."""

from __future__ import annotations

from typing import Final

from donations.mailer.samples.sample import NEXT, SIGNED, Facts, Reader, Sample


def _receipt(reader: Reader, frequency: str = "once", **changes: object) -> Facts:
    again = frequency != "once"
    return {
        "receipt_number": 4821,
        "paper_url": reader.link(f"/support/receipt/{SIGNED}"),
        "amount": reader.amount(),
        "frequency": frequency,
        "given_on": reader.day(),
        "next_on": reader.day(NEXT) if again else None,
        "cancel_url": reader.link(f"/support/act/cancel/{SIGNED}") if again else None,
        "changes": {
            action: reader.link(f"/support/act/{action}/{SIGNED}")
            for action in ("pause", "skip", "amount", "frequency", "card")
        },
        "statement_line": "READERS* SUPPORT",
        "method": None,
        "fund": None,
        **changes,
    }


def _transfer(reader: Reader) -> Facts:
    return _receipt(reader, method="transfer", fund="Travel", statement_line=None)


def _pending(reader: Reader) -> Facts:
    return {"amount": reader.amount()}


def _failed(reader: Reader) -> Facts:
    return {"amount": reader.amount(), "retry_url": reader.link("/support")}


SAMPLES: Final = (
    Sample("receipt", "receipt", _receipt),
    Sample("receipt-monthly", "receipt", lambda reader: _receipt(reader, "monthly")),
    Sample("receipt-transfer", "receipt", _transfer),
    Sample("payment-pending", "payment_pending", _pending),
    Sample("payment-failed", "payment_failed", _failed),
)
