"""Whatever happens at Stripe and whatever becomes of the webhooks: one sweep, and the books agree.

Lives are made up by hypothesis, which finds the shortest that goes wrong.  `LIVES=500` tries more.
"""

from __future__ import annotations

import os
import shutil
import time

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests_support.lives import Life, Step
from tests_support.postgresql import empty

LIVES = int(os.environ.get("LIVES", "4"))

CARDS = (
    "4242424242424242",
    "4000000000000341",  # renewals fail
    "4000000000000259",  # disputed
    "4000000000001976",  # an inquiry
    "4000000000007726",  # refunds stay pending a while
    "4000000000005126",  # refunds fail afterwards
    "4000000000000077",  # funds at once
)
IBANS = (
    "DE89370400440532013000",
    "DE62370400440532013001",  # refused by the bank days later
    "DE35370400440532013002",  # disputed afterwards
)
GIVING = st.one_of(
    st.tuples(
        st.just("give"),
        st.tuples(
            st.sampled_from(["once", "monthly", "annual"]),
            st.sampled_from(["usd", "eur", "jpy"]),
            st.integers(1, 3),
            st.sampled_from(CARDS),
        ),
    ),
    st.tuples(
        st.just("give"),
        st.tuples(st.just("once"), st.just("eur"), st.integers(1, 3), st.sampled_from(IBANS)),
    ),
)
NUMBER = st.integers(0, 9)
DEEDS = st.one_of(
    GIVING,
    GIVING,
    st.tuples(st.just("renew"), st.just(())),
    st.tuples(st.just("refund"), st.tuples(NUMBER, st.integers(1, 3))),
    st.tuples(st.just("refund_fail"), st.tuples(NUMBER)),
    st.tuples(st.just("dispute"), st.tuples(NUMBER, st.sampled_from(["fraudulent", "inquiry"]))),
    st.tuples(st.just("dispute_close"), st.tuples(NUMBER, st.booleans())),
    st.tuples(st.just("fee"), st.tuples(st.integers(1, 900))),
    st.tuples(st.just("payout_fail"), st.just(())),
    st.tuples(
        st.just("rate"),
        st.sampled_from(
            [("eur", "usd", "1.1"), ("eur", "usd", "1.0377"), ("jpy", "usd", "0.0066")]
        ),
    ),
    st.tuples(st.just("late"), st.tuples(st.booleans())),
    st.tuples(st.just("foreign"), st.tuples(st.integers(100, 9000))),
    st.tuples(st.just("nothing"), st.just(())),
)
FAULTS = st.sampled_from(
    [
        {},
        {"drop": 1_000_000},
        {"drop_every": 2},
        {"drop_every": 3},
        {"duplicate": True},
        {"two_events": True},
        {"reverse": True},
        {"duplicate": True, "reverse": True, "drop_every": 5},
    ]
)
API = st.sampled_from(
    [
        {},
        {"api_error": {"status": 500, "every": 4}},
        {"api_error": {"status": 429, "every": 3}},
        {"api_error": {"status": 503, "every": 5, "after_work": True}},
        {"reset": {"every": 4}},
    ]
)
STEPS = st.builds(
    lambda deed, days, faults, api, told: Step(*deed, days, faults, api, told),
    DEEDS,
    st.sampled_from([0, 0, 1, 3, 9, 40]),
    FAULTS,
    API,
    st.booleans(),
)

FIRST = Step("give", ("monthly", "usd", 1, CARDS[0]))  # the books begin with the first that is ours


@pytest.fixture
def newsroom(environment, sqlite_template, tmp_path):
    """Begins a life on an empty database of its own; the second of a pair is lived on SQLite."""
    count = iter(range(100_000))

    def begin(*, fair, begins):
        settings = dict(environment)
        if fair or settings["DATABASE_URL"].startswith("sqlite"):
            copy = tmp_path / f"life{next(count)}.db"
            shutil.copy(sqlite_template, copy)
            settings["DATABASE_URL"] = f"sqlite:///{copy}"
        else:
            empty(settings["DATABASE_URL"], settings["NEWSROOM_TIMEZONE"])
        return Life(settings, fair=fair, begins=begins)

    return begin


@pytest.mark.sandbox_only
@settings(
    max_examples=LIVES,
    deadline=None,
    derandomize=LIVES < 10,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink] if LIVES > 10 else [Phase.generate],
    print_blob=True,
)
@given(steps=st.lists(STEPS, min_size=8, max_size=30))
def test_after_any_life_and_one_sweep_the_books_agree_with_stripe(newsroom, steps):
    begins = int(time.time())
    lived, told = newsroom(fair=False, begins=begins), newsroom(fair=True, begins=begins)
    try:
        failed, mended = lived.live_through([FIRST, *steps])
        assert failed == 0, mended
        assert lived.wrong() == []
        told.live_through([FIRST, *steps])
        assert told.wrong() == []
        assert lived.books() == told.books()
        assert lived.sweep() == (0, [])
    finally:
        lived.stop()
        told.stop()
