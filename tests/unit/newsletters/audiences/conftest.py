from datetime import UTC, datetime

import pytest
from werkzeug.wrappers import Response

from donations.newsletters.audiences.audience import Place, Reader


def reader(newsletter="weekly", email="Reader@Mail.example", language="ru"):
    return Reader(
        reference=f"ref{newsletter.replace('-', '')}",
        newsletter=newsletter,
        email=email,
        language=language,
        choices_url="https://donate.example/newsletter/preferences/x",
        confirmed_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
    )


def place(newsletter="weekly", remote=None):
    return Place(f"ref{newsletter.replace('-', '')}", newsletter, remote)


@pytest.fixture
def reader_of():
    return reader


@pytest.fixture
def place_of():
    return place


@pytest.fixture
def bad_day():
    return lambda status: Response("<html>busy: Reader@Mail.example</html>", status)
