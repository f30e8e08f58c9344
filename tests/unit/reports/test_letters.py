from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from donations.kernel.database import begin_write
from donations.mailer.models import Letter
from donations.reports.letters import last_letters, letter_counts

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def sent(session):
    def send(*letters):
        begin_write(session)
        for number, (at, template, returned_as) in enumerate(letters):
            session.add(
                Letter(
                    key=f"{template}:{number}",
                    template=template,
                    language="en",
                    sending_at=at or datetime(2026, 11, 24, tzinfo=UTC),
                    sent_at=at,
                    returned_as=returned_as,
                    returned_at=at if returned_as else None,
                )
            )
        session.commit()

    return send


def test_letters_are_counted_by_the_newsrooms_days_with_what_came_back(session, sent, clock):
    late = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)  # a minute before midnight in Amsterdam
    sent(
        (late, "reminder", "bounced"),
        (late + timedelta(minutes=1), "reminder", None),
        (late + timedelta(minutes=2), "reminder", "delayed"),
        (late + timedelta(minutes=2), "receipt", "complained"),
        (None, "receipt", None),
        (late - timedelta(days=30), "receipt", None),
    )
    found = [
        (one.day, one.template, one.sent, one.bounced, one.complained, one.delayed)
        for one in letter_counts(session, ZONE, clock.now())
    ]
    assert found == [
        (date(2026, 11, 24), "receipt", 1, 0, 1, 0),
        (date(2026, 11, 24), "reminder", 2, 0, 0, 1),
        (date(2026, 11, 23), "reminder", 1, 1, 0, 0),
    ]


def test_the_last_letters_are_those_that_went(session, sent, clock):
    now = clock.now()
    sent((now, "a", None), (None, "b", None), (now - timedelta(hours=1), "c", None))
    assert [one.template for one in last_letters(session)] == ["a", "c"]
    assert [one.template for one in last_letters(session, limit=1)] == ["a"]
