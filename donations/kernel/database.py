"""The database as every room sees it: one declarative base, UTC instants, honest SQLite.

SQLite is opened in WAL mode with BEGIN emitted by us.  A unit of work that reads and then writes
must hold the writer's place from the start, or SQLite answers "database is locked" at once in
spite of its time-out; `begin_write` takes that place.  PostgreSQL needs neither and ignores both.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Integer, MetaData, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from donations.kernel.disk import remember_when_full

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Dialect, Engine
    from sqlalchemy.engine import Connection

BUSY_TIMEOUT_SECONDS: Final = 20
_WRITE_OPTION: Final = "sqlite_begin"
_SWIFT_OPTION: Final = "swift"
_PRUDENT, _SWIFT = "FULL", "NORMAL"

_NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

RowId = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER PRIMARY KEY counts up there


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=_NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: goes in aware, comes out aware and in UTC, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time rather than guess its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "A naive datetime was about to be stored."
            raise ValueError(message)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back in UTC, whatever zone the server speaks in."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


db = SQLAlchemy(model_class=Base)


def engine_options(database_url: str) -> dict[str, Any]:
    """Options for the engine of `database_url`; SQLite transactions are begun by us."""
    if database_url.startswith("sqlite"):
        return {
            "connect_args": {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            "pool_size": 32,
            "max_overflow": 64,
        }
    return {"pool_pre_ping": True, "pool_size": 16, "max_overflow": 64}


def prepare_engine(engine: Engine) -> Engine:
    """Make `engine` keep the promises above; call once for every engine made."""
    remember_when_full(engine)
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def _open(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own connection
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={_PRUDENT}",  # a payment acknowledged to Stripe survives a power cut
            "foreign_keys=ON",
            "secure_delete=ON",  # what is forgotten leaves no trace in free pages
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        wanted = _SWIFT if options.get(_SWIFT_OPTION) else _PRUDENT
        if connection.info.get(_SWIFT_OPTION, _PRUDENT) != wanted:
            connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
            connection.info[_SWIFT_OPTION] = wanted
        connection.exec_driver_sql(f"BEGIN {options.get(_WRITE_OPTION, 'DEFERRED')}")

    return engine


def begin_write(session: Session, *, swift: bool = False) -> Session:
    """Start a transaction of `session` that means to write, waiting for its turn on SQLite.

    Ends an open read transaction first (nothing may be pending in it).  A `swift` one is not waited
    for until it is on the disk: it survives our own death, but a power cut, or a crash of
    PostgreSQL itself, may undo it with all that followed it, up to the last that was waited for.
    """
    if session.in_transaction():
        session.rollback()
    options = {_WRITE_OPTION: "IMMEDIATE", _SWIFT_OPTION: swift}
    connection = session.connection(execution_options=options)
    if swift and connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
    return session


def insert_into(session: Session, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An insert that can be told what to do with a row that is there already.

    The standard leaves `ON CONFLICT` out; both our databases have it, each in its own dialect.
    """
    build = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return build(table)


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    """A write transaction of its own: committed at the end, taken back if anything is raised."""
    begin_write(session)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
