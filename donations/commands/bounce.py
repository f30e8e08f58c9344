"""`donations bounce`: one report from standard input, as Postfix, Exim or OpenSMTPD pipe it.

The exit codes are those of sysexits.h, which MTAs read: 0 ends it, 75 has the MTA try again.  No
other is used, because any other would have the MTA send a bounce about a bounce.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from donations.kernel.database import db
from donations.kernel.errors import DonationsError
from donations.mailer.returns.noting import note_unproven
from donations.mailer.returns.reports import LARGEST, read_report
from donations.mailer.returns.returned import NotReadable
from donations.web.house import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from donations.web.house import House

DONE: Final = 0
TRY_AGAIN: Final = 75  # EX_TEMPFAIL
_log: Final = structlog.get_logger("donations.bounce")


def run(settled_app: Callable[[], Flask], mail: IO[bytes]) -> int:
    """Keep what the report tells of letters of ours; what is none of ours is taken and dropped."""
    raw = mail.read(LARGEST)
    while mail.read(LARGEST):  # read to the end, or the MTA takes the closed pipe for a failure
        pass
    try:
        return _kept(settled_app(), raw)
    except (DonationsError, SQLAlchemyError, OSError) as error:
        _log.error("bounce put off", reason=type(error).__name__)
        return TRY_AGAIN


def _kept(app: Flask, raw: bytes) -> int:
    parts: House = app.extensions[EXTENSION]
    try:
        returns = read_report(raw)
    except NotReadable:
        _log.info("mail that is no report dropped")
        return DONE
    with app.app_context():
        ours = note_unproven(
            db.session(), parts.master, returns, source="report", now=parts.clock.now()
        )
    _log.info("report read", recipients=len(returns), ours=ours)
    return DONE
