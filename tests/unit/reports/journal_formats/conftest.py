from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from tests_support.booked_life import live

from donations.kernel.database import begin_write
from donations.kernel.months import Month
from donations.ledger.books import last_number
from donations.ledger.codes import Codes
from donations.reports.table import Question


@pytest.fixture
def ask(session):
    """Asks of the books; `ask((2026, 9), currency="usd")`."""

    def asked(first=(2026, 8), last=(2026, 10), own=None, **narrower):
        known = {
            "first": Month(*first),
            "last": Month(*last),
            "as_of": last_number(session),
            "zone": ZoneInfo("Europe/Amsterdam"),
            "codes": Codes.build(own or {}),
            "fiscal_year_start": 1,
            "now": datetime(2026, 11, 24, 12, tzinfo=UTC),
        }
        return Question(**{**known, **narrower})

    return asked


@pytest.fixture
def life(session):
    """Books full of all that can happen."""
    begin_write(session)
    live(session, Random(1))


@pytest.fixture(params=[2, 3])
def any_life(session, request):
    """The same otherwise."""
    begin_write(session)
    live(session, Random(request.param))
