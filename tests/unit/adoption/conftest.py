from __future__ import annotations

import csv
import io

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from donations.commands.adopt import group
from donations.kernel.database import Base
from donations.supporters.directory import recognise


@pytest.fixture
def sheet(tmp_path):
    """Writes a file of rows, with the columns of the first."""

    def write(*rows, name="export.csv", encoding="utf-8", heads=None, sign=",", raw=""):
        out = io.StringIO()
        writer = csv.DictWriter(out, heads or list(rows[0]), delimiter=sign)
        writer.writeheader()
        writer.writerows(rows)
        path = tmp_path / name
        path.write_bytes((out.getvalue() + raw).encode(encoding))
        return path

    return write


@pytest.fixture
def cli(app):
    """Runs `donations import …`."""

    def run(*words, exit_code=None):
        answer = CliRunner().invoke(group(lambda: app), [str(word) for word in words])
        if exit_code is not None:
            assert answer.exit_code == exit_code, (answer.output, answer.exception)
        return answer

    return run


@pytest.fixture
def take_in(cli):
    def run(path, *options, source="givewp", exit_code=0):
        return cli("csv", path, "--source", source, *options, exit_code=exit_code).output

    return run


@pytest.fixture
def rows(session):
    def of(table):
        session.rollback()
        session.expire_all()
        order = table.__table__.primary_key.columns
        return session.scalars(select(table).order_by(*order)).all()

    return of


@pytest.fixture
def counted(session):
    def every_table():
        session.rollback()
        return {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }

    return every_table


@pytest.fixture
def meet(session, master, clock):
    def one(email="vera@reader.example", name="Vera Reader", customer=None):
        known = {"email": email, "name": name, "customer": customer}
        found = recognise(session, master, **known, language="en", now=clock.now())
        session.commit()
        return found.public_id

    return one
