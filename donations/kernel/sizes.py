"""What SQLite's planner knows of the tables; PostgreSQL learns it by itself.

Without it SQLite takes any index for a good one, and to find the entries of one gift might read
those of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.kernel.database import begin_write

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_ROWS_READ: Final = 1000
"""How many rows of each index are read: enough for the right one to be found, in a second at most
of ten million."""


def learn_sizes(session: Session) -> None:
    """Let SQLite count its tables anew, for every connection, in a transaction of its own.

    What it knew is dropped first: only a change of the schema makes other connections look again.
    Of rows themselves nothing is kept.
    """
    if session.get_bind().dialect.name != "sqlite":
        return
    connection = begin_write(session).connection()
    for statement in (
        "DROP TABLE IF EXISTS sqlite_stat1",
        f"PRAGMA analysis_limit={_ROWS_READ}",
        "ANALYZE",
        "DROP TABLE IF EXISTS sqlite_stat4",
    ):
        connection.exec_driver_sql(statement)
    session.commit()
