from __future__ import annotations

import pytest
from tests_support.receipts import US, Giving

from donations.receipts.issuing import Press


@pytest.fixture
def giving(session, master):
    return Giving(session, master)


@pytest.fixture
def zone(settings):
    return settings.newsroom.zone


@pytest.fixture
def press(master, zone):
    return Press(master, US, zone)


@pytest.fixture
def vera(giving, clock):
    return giving.supporter(at=clock.now())
