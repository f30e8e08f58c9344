import csv
import stat
from dataclasses import replace

import click
import pytest
from sqlalchemy import select
from tests_support.audiences import REFUSALS, FakeAudience

from donations.commands import newsletter
from donations.kernel.errors import MisconfiguredError
from donations.newsletters.confirming import confirm
from donations.newsletters.models import Subscription
from donations.newsletters.subscribing import Request, ask
from donations.web.house import EXTENSION


@pytest.fixture
def readers(app, session, master, clock):
    for number in range(3):
        wanted = Request(("weekly",), f"r{number}@reader.example", "en", "Yes")
        ask(session, master, wanted, now=clock.now())
    names = session.scalars(select(Subscription.public_id)).all()
    confirm(session, names, clock.now())


@pytest.fixture
def audience(app, readers):
    told = FakeAudience()
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], audience=told)
    return told


def test_the_service_is_told_of_everybody_once(app, audience, capsys):
    assert newsletter.run_sync(app) == 0
    assert newsletter.run_sync(app) == 0
    assert len(audience.calls) == 3
    assert "3 told, 0 refused" in capsys.readouterr().out


def test_a_service_that_is_away_stops_it_and_it_goes_on_later(app, audience, capsys):
    audience.failure = REFUSALS["busy"]
    assert newsletter.run_sync(app) == 1
    assert "goes on from there" in capsys.readouterr().out
    audience.failure = None
    assert newsletter.run_sync(app) == 0
    assert len(audience.inside) == 3


def test_what_the_service_refuses_is_told(app, audience, capsys):
    audience.failure = REFUSALS["never"]
    assert newsletter.run_sync(app) == 1
    assert "0 told, 3 refused" in capsys.readouterr().out


def test_without_a_service_nobody_can_be_told(app, readers):
    with pytest.raises(MisconfiguredError):
        newsletter.run_sync(app)


def test_the_file_is_for_nobody_else_and_says_what_it_is(app, readers, tmp_path, capsys):
    out = tmp_path / "readers.csv"
    assert newsletter.run_export(app, out, None) == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    lines = list(csv.reader(out.read_text().splitlines()))
    assert len(lines) == 4
    told = capsys.readouterr().out
    assert "names 3 people" in told
    assert "reader.example" not in told


def test_a_file_that_is_there_is_not_written_over(app, readers, tmp_path):
    out = tmp_path / "readers.csv"
    out.write_text("mine")
    with pytest.raises(click.BadParameter):
        newsletter.run_export(app, out, None)
    assert out.read_text() == "mine"
