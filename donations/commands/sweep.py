"""`donations sweep`: mend now what no webhook told of, and say what it was."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from donations.inbox.sweep import sweep
from donations.inbox.walks import beginning
from donations.kernel.database import db
from donations.kernel.money import Money
from donations.ledger.chart import Account
from donations.ledger.placing import standing
from donations.web.house import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from flask import Flask
    from sqlalchemy.orm import Session

    from donations.inbox.models import Sweep
    from donations.web.house import House


def run(app: Flask, since: datetime | None) -> int:
    """Walk Stripe's movements with a bar, then tell what was mended; 1 if any failed, else 0."""
    parts: House = app.extensions[EXTENSION]
    with app.app_context():
        session, now = db.session(), parts.clock.now()
        start = since or beginning(session, now)
        seconds = max(1, int((now - start).total_seconds()))
        with click.progressbar(length=seconds, label="Movements at Stripe") as bar:
            row = sweep(
                session,
                parts.gateway,
                parts.master,
                now,
                start,
                lambda moment: bar.update(int((moment - start).total_seconds()) - bar.pos),
                frozenset(parts.newsroom.guarded_countries),
            )
        for line in told(session, row):
            click.echo(line)
        return 1 if row.failed else 0


def told(session: Session, row: Sweep) -> Iterator[str]:
    """What a sweep did, line by line; amounts are what the mended movements did to the balance."""
    yield f"{row.seen} movements seen since {row.since:%Y-%m-%d %H:%M} UTC."
    if not row.mended and not row.failed:
        yield "Nothing to mend."
    counts = Counter(kind for _, kind in row.mended)
    sums = _sums(session, row)
    for kind, count in sorted(counts.items()):
        totals = ", ".join(
            str(Money(minor, currency))
            for (of, currency), minor in sorted(sums.items())
            if of == kind
        )
        yield f"Mended {kind}: {count} ({totals})"
    if row.failed:
        yield f"{row.failed} failed and will be tried by the next sweep; the log says why."


def _sums(session: Session, row: Sweep) -> dict[tuple[str, str], int]:
    kinds: dict[str, str] = dict(row.mended)
    sums: Counter[tuple[str, str]] = Counter()
    for movement, entry in standing(session, list(kinds)).items():
        for line in entry.postings:
            if line.account == Account.STRIPE_BALANCE:
                sums[kinds[movement], line.currency] += line.amount_minor
    return sums
