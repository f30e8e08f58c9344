"""A small newsroom's year on both databases; `make simulate` lives through a large one."""

from __future__ import annotations

import pytest
from simulation.year import Year, live_through

SUPPORTERS = 40


@pytest.fixture
def live(environment, outbox, clock):
    running = live_through(environment, outbox, clock)
    yield running
    running.stop()


def test_after_a_year_of_trouble_the_books_equal_the_balance_and_every_payout(live, clock):
    told = []
    year = Year(live, clock, SUPPORTERS, say=told.append)
    year.run()
    assert year.differences() == []
    assert year.happened["joined"] > SUPPORTERS * 0.8, year.happened
    assert year.happened["payouts"] > 50
    assert {"refund", "dispute_close", "changed"} <= set(year.happened)
