"""Brings a database to the schema this release needs, or says that it is not there yet."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from donations.kernel.database import Base
from donations.kernel.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine
    from sqlalchemy.engine import Connection

_FOLDER = Path(__file__).parent
_LOCK_NUMBER = 0x646F6E61  # PostgreSQL: several processes may upgrade at once, one does


def upgrade(engine: Engine, revision: str = "head", *, zone: str = "UTC") -> None:
    """Apply every revision up to `revision`, alone even when several processes try.

    `zone` is the newsroom's; the books take it for their accounting dates when they begin.
    """
    with _alone(engine) as connection:
        command.upgrade(_config(connection, zone), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take back every revision after `revision` ("base" for all)."""
    with _alone(engine) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction no other upgrade shares.

    SQLite changes a table by making it anew, which it refuses while others refer to it; so
    references are checked once at the end instead (sqlite.org/lang_altertable.html, section 7).
    """
    with engine.connect() as plain:
        connection = plain.execution_options(sqlite_begin="IMMEDIATE")
        if engine.dialect.name == "postgresql":
            with connection.begin():
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_NUMBER})")
                yield connection
            return
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    message = f"The upgrade would leave rows of {broken[0]} without their others."
                    raise MisconfiguredError(message)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the revisions of this release."""
    heads = set(ScriptDirectory.from_config(_config(None)).get_heads())
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == heads


def differences(engine: Engine) -> list[Any]:
    """What the migrated database lacks or has beside the models; empty when they agree."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def write_revision(engine: Engine, message: str) -> None:
    """Draft the revision that leads from the migrated database to the models."""
    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)


def _config(connection: Connection | None, zone: str = "UTC") -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["zone"] = zone
    config.attributes["metadata"] = Base.metadata
    return config
