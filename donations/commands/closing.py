"""`donations close` and `donations pack`: what the office's closing pages do, for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from sqlalchemy import select

from donations.closing.locking import NotProven, NotReady, close, sealed
from donations.closing.pack import write_pack
from donations.closing.verifying import verify
from donations.kernel.database import db
from donations.kernel.errors import DonationsError, NotFound
from donations.kernel.months import Month
from donations.staff.models import StaffMember
from donations.staff.roles import Permission, may
from donations.web.house import EXTENSION

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from sqlalchemy.orm import Session

    from donations.closing.walk import Stage
    from donations.web.house import House

_FAULTS: Final = {
    "changed": "was changed since the pack was made",
    "missing": "is missing from the pack",
    "strange": "is no part of the pack",
    "otherwise_now": "differs from what the books and this release give now",
    "not_this_pack": "is not the one kept when the month was closed",
}


class Refused(DonationsError):
    """What was asked cannot be done, said in a sentence."""


def month_named(text: str) -> Month:
    """The month written like 2026-10.  Raises `Refused`."""
    try:
        return Month.parse(text)
    except ValueError as error:
        raise Refused(str(error)) from None


def run_close(app: Flask, month: Month, by: str, explanation: str) -> int:
    """Close `month` in the name of the account `by`; 1 if something is open, else 0."""
    parts: House = app.extensions[EXTENSION]
    with app.app_context():
        session = db.session()
        try:
            closed = close(
                session,
                month,
                _keeper(session, by),
                newsroom=parts.newsroom,
                codes=parts.codes,
                now=parts.clock.now(),
                explanation=explanation,
            )
        except NotReady as error:
            click.echo(f"{month} cannot close yet:")
            for stage in error.stages:
                click.echo(f"  {told(stage)}")
            return 1
        except NotProven as error:
            click.echo(f"{month} was not closed; figures that must be one are not: {error}")
            return 1
        click.echo(
            f"{month} is closed, as of entry {closed.last_number}, by {closed.closed_by}.\n"
            f"SHA-256 of the pack's manifest: {closed.pack_sha256}"
        )
    return 0


def run_pack(app: Flask, month: Month, out: Path | None, kept: Path | None) -> int:
    """Write the pack of a closed month to `out`, or compare the one in `kept`; 1 if it differs."""
    with app.app_context():
        session = db.session()
        try:
            closed = sealed(session, month)
        except NotFound:
            message = f"{month} is not closed."
            raise Refused(message) from None
        if out is not None:
            with out.open("wb") as written:
                made = write_pack(session, month, written)
            click.echo(f"{out}: {len(made.files) + 1} files, manifest SHA-256 {made.sha256}")
            if made.sha256 != closed.pack_sha256:
                click.echo(f"DIFFERS from what was closed: {closed.pack_sha256}")
                return 1
        return 0 if kept is None else _compared(session, month, kept)


def told(stage: Stage) -> str:
    """A stage in a line: how it stands, and the names of what is open."""
    names = ", ".join(f"{about.name} {about.note}".strip() for about in stage.abouts)
    return f"{stage.step.value}: {stage.standing.value}" + (f" ({names})" if names else "")


def _compared(session: Session, month: Month, kept: Path) -> int:
    with kept.open("rb") as read:
        faults = verify(session, month, read)
    for fault in faults:
        click.echo(f"{fault.name} {_FAULTS[fault.wrong]}")
    if not faults:
        click.echo(f"{kept} is the pack of {month}, to the byte.")
    return 1 if faults else 0


def _keeper(session: Session, login: str) -> str:
    """The login of an account that may close.  Raises `Refused`."""
    member = session.scalar(
        select(StaffMember).where(StaffMember.login == login, StaffMember.disabled_at.is_(None))
    )
    if member is None or not may(member.role, Permission.CLOSE):
        message = f"No account {login!r} may close a month."
        raise Refused(message)
    return member.login
