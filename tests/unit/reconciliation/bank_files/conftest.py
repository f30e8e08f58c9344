from pathlib import Path

import pytest


@pytest.fixture
def statement_file():
    folder = Path(__file__).parents[1] / "statements"
    return lambda name: (folder / name).read_bytes()


@pytest.fixture
def facts():
    """What matters of lines: account, day, minor units, currency."""
    return lambda lines: [
        (line.account, line.booked_on.isoformat(), line.amount.minor, line.amount.currency)
        for line in lines
    ]
