"""How much room is left on the disk of a database that is a file here."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlalchemy import Engine

LEAST_MEGABYTES: Final = 200
_MEGABYTE: Final = 1 << 20


def nearly_full(engine: Engine) -> str | None:
    """In plain words, that the disk of an SQLite database has little room left; None if it has.

    A database on another machine is its own operator's to watch.
    """
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    try:
        left = shutil.disk_usage(Path(engine.url.database).parent).free // _MEGABYTE
    except OSError:
        return None
    if left >= LEAST_MEGABYTES:
        return None
    return f"the disk of the database has only {left} MB left"
