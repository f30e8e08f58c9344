from __future__ import annotations

from random import Random

import click
import pytest
from click.testing import CliRunner
from tests_support.booked_life import live

from donations import cli
from donations.commands import journal
from donations.kernel.database import begin_write
from donations.reports.journal_formats.formats import FORMATS


@pytest.fixture
def booked(session):
    begin_write(session)
    live(session, Random(1), days=40)


@pytest.fixture
def command(app, monkeypatch):
    monkeypatch.setattr(cli, "_settled_app", lambda: app)

    def run(*arguments):
        return CliRunner().invoke(cli.cli, ["journal", *arguments])

    return run


def test_the_command_knows_every_format():
    assert tuple(FORMATS) == cli.JOURNAL_FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_it_writes_a_file_and_says_so(booked, command, tmp_path, name):
    out = tmp_path / "out"
    done = command("--format", name, "--from", "2026-08", "--to", "2026-09", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert f"Wrote {out}, the books as of entry" in done.output
    assert out.stat().st_size > 500
    assert ("ZIP" in done.output) == out.read_bytes().startswith(b"PK")


def test_it_prints_without_a_file(booked, command):
    done = command("--format", "hledger", "--from", "2026-08", "--currency", "JPY")
    assert done.exit_code == 0
    assert done.stdout.startswith("; Reader revenue, 2026-08 to 2026-08")
    assert "USD" not in done.stdout


@pytest.mark.parametrize(
    ("first", "last", "currency"),
    [("2026-13", "2026-13", None), ("2026-10", "2026-09", None), ("2026-10", "2026-10", "zzz")],
)
def test_what_cannot_be_is_refused(first, last, currency):
    with pytest.raises(click.BadParameter):
        journal.Asked.read("csv", first, last, None, currency, "")
