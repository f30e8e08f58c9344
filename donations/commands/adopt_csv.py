"""`donations import csv`, `undo` and `list`, told by numbers of lines and people alone."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import click

from donations.adoption import batches
from donations.adoption.columns import PAID, Reading, columns_of
from donations.adoption.deciding import Word, decide
from donations.adoption.importing import Importer
from donations.adoption.sheets import Sheet
from donations.adoption.undoing import undo
from donations.commands.adopt_words import WHY_LIKELY, refusal, told
from donations.kernel.database import db
from donations.kernel.errors import DonationsError, FieldRefused, NotAllowed, NotFound
from donations.web.house import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from flask import Flask
    from sqlalchemy.orm import Session

    from donations.web.house import House

_BY: Final = "donations import"
_MOST_SHOWN: Final = 100


class NotTakenIn(DonationsError):
    """A file that cannot be taken in, said in a sentence."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line."""

    file: Path
    source: str
    mapped: Mapping[str, str]
    currency: str = ""
    dates: str = ""
    paid: frozenset[str] = PAID
    decisions: Path | None = None

    @classmethod
    def read(
        cls,
        file: Path,
        *,
        source: str,
        mapped: Sequence[str] = (),
        currency: str = "",
        dates: str | None = None,
        paid: Sequence[str] = (),
        decide: Path | None = None,
    ) -> Self:
        """Read the options.  Raises `NotTakenIn` for a `--map` that names nothing."""
        pairs = [each.partition("=") for each in mapped]
        if any(not ours or not theirs for ours, _, theirs in pairs):
            raise NotTakenIn("--map takes OURS=THEIRS, such as email=Mail.")
        return cls(
            file=file,
            source=source,
            mapped={ours.strip(): theirs for ours, _, theirs in pairs},
            currency=currency.strip().lower(),
            dates=dates or "",
            paid=PAID | {word.strip().casefold() for word in paid},
            decisions=decide,
        )


def run(app: Flask, asked: Asked, *, dry_run: bool) -> int:
    """Take a file in, or show what it would bring; 1 if a line is wrong or waits, else 0."""
    parts: House = app.extensions[EXTENSION]
    try:
        sheet = Sheet.open(asked.file)
        columns = columns_of(asked.source, sheet.heads, asked.mapped)
        reading = Reading(asked.source, columns, asked.currency, asked.dates, asked.paid)
        for name, at in columns.items():
            click.echo(f"{name:10} is the column {sheet.heads[at]!r}")
        with app.app_context():
            session = db.session()
            now = parts.clock.now()
            batch = batches.batch_of(session, sheet, reading, by=_BY, now=now).public_id
            if asked.decisions is not None:
                _decide_all(session, batch, asked.decisions)
            importer = Importer(
                session, parts.master, parts.clock, parts.newsroom.zone, parts.newsroom.languages[0]
            )
            with click.progressbar(length=max(1, sheet.lines), label="Lines") as bar:
                verb = importer.show if dry_run else importer.run
                counts = verb(batch, sheet, reading, lambda line: bar.update(line - bar.pos))
            for line in _summary(session, batch, counts, dry_run=dry_run):
                click.echo(line)
    except FieldRefused as refused:
        raise NotTakenIn(refusal(refused)) from None
    except NotAllowed as refused:
        raise NotTakenIn(told(refused.reason)) from None
    return 1 if counts.get("bad") or counts.get("awaits") else 0


def run_undo(app: Flask, batch: str) -> int:
    """Take a batch back; 1 if somebody of it stays, else 0."""
    parts: House = app.extensions[EXTENSION]
    with app.app_context():
        try:
            kept = undo(db.session(), parts.master, batch, now=parts.clock.now())
        except NotFound:
            raise NotTakenIn(f"There is no batch {batch!r}.") from None
        except NotAllowed as refused:
            raise NotTakenIn(told(refused.reason)) from None
    click.echo("Taken back.")
    for number in kept:
        click.echo(f"  supporter {number} stays: something happened with them since")
    return 1 if kept else 0


def run_list(app: Flask) -> None:
    """Every batch, the newest first."""
    with app.app_context():
        for batch in batches.batches(db.session()):
            counts = ", ".join(f"{count} {word}" for word, count in sorted(batch.counts.items()))
            click.echo(
                f"{batch.public_id}  {batch.drafted_at:%Y-%m-%d}  {batch.source:9}"
                f" {batch.state:8} {counts}"
            )


def _decide_all(session: Session, batch: str, path: Path) -> None:
    """Write down the decisions of a file.  Raises `NotTakenIn` for one nobody can make."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            line, word = (row.get("line") or "").strip(), (row.get("decision") or "").strip()
            if not word:
                continue
            try:
                decide(session, batch, int(line), Word(word.lower()))
            except ValueError:
                raise NotTakenIn(
                    f"{path.name}: line,decision wants a number and same, new or skip."
                ) from None
            except NotFound:
                click.echo(f"Line {line} of the file waits for no decision.")


def _summary(
    session: Session, batch: str, counts: Mapping[str, int], *, dry_run: bool
) -> Iterator[str]:
    row = batches.batch_named(session, batch)
    bad = batches.rows_with(session, row.id, "bad")
    yield from (f"line {one.line}: {told(one.reason)}" for one in bad[:_MOST_SHOWN])
    if len(bad) > _MOST_SHOWN:
        yield f"… and {len(bad) - _MOST_SHOWN} more lines that are wrong"
    yield from _waiting(session, row.id)
    words = _SHOWN if dry_run else _DONE
    yield from (f"{label}: {counts[word]}" for word, label in words if counts.get(word))
    yield f"Batch {batch}. " + (
        "Nothing was taken in." if dry_run else f"To take it back: donations import undo {batch}"
    )


_SHOWN: Final = (
    ("new", "Lines that would make a new supporter"),
    ("matched", "Lines of supporters known here or earlier in the file"),
    ("joins", "Lines that would add a mailbox to a supporter, as was decided"),
    ("known", "Lines that are here already"),
    ("skipped", "Lines that tell of no money that came"),
    ("awaits", "Lines that wait for a decision"),
    ("bad", "Lines that are wrong, and would be left out"),
)
_DONE: Final = (
    ("taken", "Past gifts taken in"),
    ("new", "New supporters"),
    ("known", "Lines that were here already"),
    ("skipped", "Lines that tell of no money that came, or were left out by decision"),
    ("awaits", "Lines that wait for a decision"),
    ("bad", "Lines that are wrong, and were left out"),
)


def _waiting(session: Session, batch_id: int) -> Iterator[str]:
    """One line of every person who waits, with who it may be."""
    seen: set[bytes | None] = set()
    for row in batches.rows_with(session, batch_id, "awaits"):
        if row.person in seen or row.decision is not None:
            continue
        seen.add(row.person)
        whom = batches.number_of(session, row.likely_id)
        likely = f"supporter {whom}" if whom else f"line {row.likely_line}"
        yield f"line {row.line}: may be {likely}, {WHY_LIKELY[row.likely_why]}"
    if seen:
        yield "Decide in the office, or with --decide and a CSV of line,decision (same, new, skip)."
