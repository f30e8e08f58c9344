"""`donations import stripe`: what becomes of each subscription, in plain words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import click

from donations.adoption.earlier_payments import take_history
from donations.adoption.taking_over import Adopter, Fate, end_run, unstamped
from donations.kernel.database import db
from donations.web.house import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

    from donations.adoption.taking_over import Outcome
    from donations.web.house import House

_FATES: Final = {
    Fate.OURS: "is ours already",
    Fate.NEW: "a new supporter",
    Fate.JOINS: "joins a supporter known here",
}
PROBLEMS: Final = {
    "several_items": "it has more than one price, and a gift has one",
    "rhythm": "it is paid neither by the month nor by the year",
    "metered": "it is billed by use",
    "tiers": "its price changes with the quantity",
    "currency": "its currency is not in our table",
    "fraction": "its amount is in parts of the smallest coin",
    "nothing": "nothing is paid for it",
    "discount": "a discount takes something off",
    "tax": "tax is added to it",
    "not_begun": "its first payment was never made",
    "schedule": "a schedule of another program changes it",
    "sent_bills": "it is paid by bills that are sent, not from a card",
    "shared": "a part of it goes to another account",
    "no_customer": "its customer was deleted",
    "no_email": "its customer has no address we could write to",
}
_SHOWN_OF_ID: Final = 6


def run(app: Flask, *, dry_run: bool, history: bool) -> int:
    """Take over what can be, or only say so; always 0: what is left is told, and is no failure."""
    parts: House = app.extensions[EXTENSION]
    adopter = Adopter(parts.gateway, parts.master, parts.clock, parts.newsroom.languages)
    with app.app_context():
        session = db.session()
        if dry_run:
            _told(adopter.survey(session), dry_run=True)
            click.echo("Nothing was written, here or at Stripe.")
            return 0
        _told(adopter.take_over(session), dry_run=False)
        if history:
            kept = sum(take_history(session, parts.gateway, parts.master, now=parts.clock.now()))
            click.echo(f"Earlier payments kept as history: {kept}")
        end_run(session, parts.clock.now())
        if waiting := unstamped(session):
            click.echo(f"{waiting} are still to be marked at Stripe; the worker does that.")
    return 0


def _told(outcomes: Iterable[Outcome], *, dry_run: bool) -> None:
    fates: Counter[Fate] = Counter()
    problems: Counter[str] = Counter()
    for outcome in outcomes:
        fates[outcome.fate] += 1
        if outcome.problem:
            problems[outcome.problem] += 1
        if outcome.fate is not Fate.OURS:
            click.echo(_line(outcome))
    taken = fates[Fate.NEW] + fates[Fate.JOINS]
    would = "Would be taken over" if dry_run else "Taken over"
    click.echo(
        f"{would}: {taken} ({fates[Fate.NEW]} new supporters, {fates[Fate.JOINS]} joining one)"
    )
    click.echo(f"Ours already: {fates[Fate.OURS]}")
    click.echo(f"Left where they are: {fates[Fate.LEFT]}")
    for problem, count in sorted(problems.items()):
        click.echo(f"  {count} because {PROBLEMS[problem]}")


def _line(outcome: Outcome) -> str:
    found = outcome.found
    told = f"sub_…{found.id[-_SHOWN_OF_ID:]}  {found.status:9}"
    if found.subscription is not None:
        told += f"  {found.subscription.amount!s:>14} {found.subscription.frequency.value:8}"
    return f"{told}  {_FATES.get(outcome.fate) or PROBLEMS[outcome.problem]}"
