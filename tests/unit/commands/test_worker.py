import sys
from dataclasses import replace

import pytest

from donations.commands import worker as command
from donations.jobs.carriers.lanes import Lane
from donations.kernel.errors import MisconfiguredError
from donations.web.house import EXTENSION

URL = "redis://someone:hunter2@127.0.0.1:9/0"


@pytest.fixture
def started(monkeypatch):
    """What would be started, in place of starting it."""
    seen = []

    class Household:
        def __init__(self, programs, **_more):
            seen.extend(program.command[3:] for program in programs)

        def run(self, *, restart):
            assert restart
            return 0

    monkeypatch.setattr(command, "Household", Household)
    monkeypatch.setattr(command, "work", lambda _worker, threads: seen.append(threads) or 0)
    monkeypatch.setattr(
        command, "serve", lambda _worker, _carrier, lane, threads: seen.append((lane, threads)) or 0
    )
    return seen


@pytest.fixture
def with_broker(app):
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], broker_url=URL)
    return app


def test_without_a_broker_the_work_is_done_in_threads_right_here(app, started):
    assert command.run(app, 3, 1, None) == 0
    assert started == [3]


def test_several_processes_are_several_programs(app, started):
    command.run(app, 2, 2, None)
    assert started == [["worker", "--threads=2", "--processes=1"]] * 2


def test_with_a_broker_each_lane_has_programs_of_its_own(with_broker, started):
    command.run(with_broker, 2, 2, None)
    lanes = [["worker", "--threads=2", f"--lane={lane}"] for lane in ("prompt", "bulk")]
    assert started == lanes * 2
    assert "hunter2" not in str(started)


def test_a_lane_is_served_by_itself(with_broker, started):
    command.run(with_broker, 4, 1, "bulk")
    assert started == [(Lane.BULK, 4)]


def test_a_broker_without_celery_is_told_in_words(with_broker, started, monkeypatch):
    monkeypatch.setitem(sys.modules, "donations.jobs.carriers.celery_carrier", None)
    with pytest.raises(MisconfiguredError, match=r"donations\[celery\]") as caught:
        command.run(with_broker, 1, 1, None)
    assert "hunter2" not in str(caught.value)
