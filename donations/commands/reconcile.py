"""`donations reconcile`: import the bank's files, match their lines, say what stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from donations.kernel.database import db, writing
from donations.kernel.errors import DonationsError
from donations.reconciliation.bank_files.lines import Unreadable
from donations.reconciliation.bank_files.reading import read_statement
from donations.reconciliation.bank_files.sheets import Columns
from donations.reconciliation.matching import match_lines
from donations.reconciliation.statements import import_statement
from donations.web.house import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flask import Flask

    from donations.reconciliation.bank_files.reading import Statement
    from donations.reconciliation.matching import Matching
    from donations.web.house import House

_BY: Final = "donations reconcile"
_REASONS: Final = {
    "empty": "there is no booked line in it",
    "too_large": "it is larger than 10 MB",
    "unknown_format": "it is none of CAMT.053, MT940, OFX and CSV",
    "unsafe": "it refers to other files",
    "damaged": "it breaks off or is not what it says it is",
    "incomplete": "not every line of it can be read",
    "no_currency": "it does not say its currency; give --currency",
    "unknown_currency": "it has lines in a currency in which Stripe pays nothing out",
    "no_date": "a date is missing",
    "unclear_date": "days and months cannot be told apart; import it in the office",
    "no_amount": "an amount is missing",
    "unclear_amount": "an amount may mean two things; import it in the office",
    "columns": "its columns have names we do not know; import it in the office",
}


class NotImported(DonationsError):
    """A file that could not be read; nothing of any file was imported."""


def run(app: Flask, files: Sequence[Path], currency: str = "", account: str = "") -> int:
    """Import all files or none, match, and tell; 1 if a line of theirs stays open, else 0.

    Without files every open line is looked at again.  Raises `NotImported`.
    """
    columns = Columns(currency=currency.strip().lower(), account=account)
    statements = [(path.name, _read(path, columns)) for path in files]
    parts: House = app.extensions[EXTENSION]
    now = parts.clock.now()
    with app.app_context(), writing(db.session()) as session:
        ours: set[int] = set()
        for name, statement in statements:
            taken = import_statement(session, parts.master, statement, by=_BY, now=now)
            ours.update(taken.line_ids)
            click.echo(f"{name}: {statement.format}, {taken.added} new, {taken.known} known.")
        found = match_lines(session, parts.master, now=now)
    for line in told(found, ours if statements else None):
        click.echo(line)
    return 1 if _open(found, ours if statements else None) else 0


def told(found: Matching, ours: set[int] | None) -> Iterator[str]:
    """What tied, and what of our lines is open, line by line; all lines are ours if None."""
    for tied in found.tied:
        yield f"tied    {tied.booked_on} {tied.amount}  {tied.payout}  by {tied.rule}"
    for unsure in found.unsure:
        if ours is not None and unsure.line_id not in ours:
            continue
        names = ", ".join(one.name for one in unsure.candidates)
        word, rest = ("unsure", names) if names else ("unmatched", "nothing we know of")
        yield f"{word:7} {unsure.booked_on} {unsure.amount}  line {unsure.line_id}: {rest}"
    yield f"{len(found.tied)} tied, {_open(found, ours)} open."


def _open(found: Matching, ours: set[int] | None) -> int:
    return sum(ours is None or unsure.line_id in ours for unsure in found.unsure)


def _read(path: Path, columns: Columns) -> Statement:
    try:
        return read_statement(path.read_bytes(), columns)
    except Unreadable as refusal:
        where = "" if refusal.row is None else f" (line {refusal.row})"
        message = f"{path.name}: {_REASONS[refusal.reason]}{where}. Nothing was imported."
        raise NotImported(message) from refusal
