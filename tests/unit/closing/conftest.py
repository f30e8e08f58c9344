from __future__ import annotations

import pytest
from tests_support.months import Ledger, october


@pytest.fixture
def empty_books(session, settings):
    return Ledger(session, settings.newsroom)


@pytest.fixture
def books(session, settings):
    return october(session, settings.newsroom)
