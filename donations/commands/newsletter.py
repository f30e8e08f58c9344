"""`donations newsletter`: tell the mailing service of everybody, or write the file of readers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click
import structlog

from donations.kernel.database import db
from donations.kernel.errors import MisconfiguredError, TryAgainLater
from donations.newsletters.audiences.csv_file import CsvFile
from donations.newsletters.syncing import every_reader, tell_all, to_tell
from donations.newsletters.telling import Teller
from donations.web.house import EXTENSION

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from donations.web.house import House

_ONLY_US = 0o600


def run_sync(app: Flask) -> int:
    """Tell the service of everybody it does not know; 0 if it is in step, else 1.

    Stopped or interrupted, it goes on where it stood when it is run again.
    """
    parts: House = app.extensions[EXTENSION]
    if parts.audience is None:
        raise MisconfiguredError("NEWSLETTER_SERVICE names no mailing service.")
    teller = Teller(parts.master, parts.audience, parts.newsletter_links)
    with app.app_context():
        session = db.session()
        waiting = to_tell(session, parts.audience)
        session.rollback()
        try:
            with click.progressbar(
                length=waiting, label=f"Telling {parts.audience.service}"
            ) as bar:
                done = tell_all(
                    session, teller, parts.clock.now(), after_each=lambda: bar.update(1)
                )
        except TryAgainLater as error:
            click.echo(f"Stopped: {error}. Run it again, and it goes on from there.")
            return 1
        click.echo(f"{done.told} told, {done.refused} refused by the service.")
        return 1 if done.refused else 0


def run_export(app: Flask, out: Path, newsletter: str | None) -> int:
    """Write the file of confirmed readers to `out`, which must be new; always 0."""
    parts: House = app.extensions[EXTENSION]
    count = 0
    with app.app_context():
        try:
            handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_US)
        except FileExistsError as error:
            raise click.BadParameter(f"{out} is there already.") from error
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as pages:
            file = CsvFile(pages, frozenset())
            links = parts.newsletter_links
            for reader in every_reader(db.session(), parts.master, links, newsletter):
                file.put(reader, None)
                count += 1
    structlog.get_logger("donations.commands").info(
        "readers exported", newsletter=newsletter or "all", readers=count, staff="command line"
    )
    click.echo(
        f"Wrote {out}: it names {count} people who read you. Where that is dangerous, whoever gets"
        " hold of it knows whom to visit. Keep it on an encrypted disk, send it to nobody, and"
        " delete it the same day."
    )
    return 0
