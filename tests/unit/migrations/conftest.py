from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from donations.kernel.database import prepare_engine


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request, tmp_path):
    """A database that has never been migrated."""
    if request.param == "sqlite":
        engine = prepare_engine(create_engine(f"sqlite:///{tmp_path}/fresh.db"))
        yield engine
        engine.dispose()
        return
    url = make_url(request.getfixturevalue("postgresql_url"))
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS fresh"))
        connection.execute(text("CREATE DATABASE fresh"))
    engine = create_engine(url.set(database="fresh"))
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE fresh"))
    server.dispose()
