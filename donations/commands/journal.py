"""`donations journal`: the journal of some months, as a file another program reads."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import click

from donations.kernel.currencies import CURRENCIES
from donations.kernel.database import db
from donations.kernel.months import Month
from donations.ledger.books import books_zone, last_number
from donations.reports.journal_formats.formats import Detail, Wish, export
from donations.reports.journal_formats.xero import TAX_RATE
from donations.reports.table import Question
from donations.web.house import EXTENSION

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from donations.web.house import House


@dataclass(frozen=True, slots=True)
class Asked:
    """Which journal is wanted, in the format called `name`."""

    name: str
    first: Month
    last: Month
    currency: str | None
    wish: Wish

    @classmethod
    def read(
        cls,
        name: str,
        first: str,
        last: str,
        detail: str | None,
        currency: str | None,
        tax_rate: str,
    ) -> Self:
        """Read what was typed.  Raises `click.BadParameter`."""
        try:
            months = Month.parse(first), Month.parse(last)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
        if months[0] > months[1]:
            raise click.BadParameter("The first month is after the last.")
        if currency is not None and currency.lower() not in CURRENCIES:
            raise click.BadParameter(f"{currency} is no currency we know.")
        wish = Wish(Detail(detail) if detail else None, tax_rate or TAX_RATE)
        return cls(name, *months, currency.lower() if currency else None, wish)


def run(app: Flask, asked: Asked, out: Path | None) -> str | None:
    """Write the journal to `out`, or to standard output; what was written where, for a person."""
    parts: House = app.extensions[EXTENSION]
    with app.app_context():
        session = db.session()
        question = Question(
            first=asked.first,
            last=asked.last,
            as_of=last_number(session),
            zone=books_zone(session),
            codes=parts.codes,
            fiscal_year_start=parts.newsroom.fiscal_year_start,
            now=parts.clock.now(),
            currency=asked.currency,
        )
        found = export(session, question, asked.name, asked.wish)
        if out is None:
            sys.stdout.buffer.writelines(found.write(session))
            return None
        with out.open("wb") as stream:
            stream.writelines(found.write(session))
    zipped = " It is a ZIP of several files." if found.file_name.endswith(".zip") else ""
    return f"Wrote {out}, the books as of entry {question.as_of}.{zipped}"
