from __future__ import annotations

import pytest
from tests_support.live import Live, Reader


@pytest.fixture
def live(environment, outbox):
    running = Live(environment, outbox)
    yield running
    running.stop()


@pytest.fixture
def reader(live):
    someone = Reader(live)
    yield someone
    someone.close()
