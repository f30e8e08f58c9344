import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.giving.models import Counter
from donations.jobs.models import Heartbeat
from donations.kernel.database import begin_write


def test_an_instant_comes_back_in_utc(session):
    at = datetime.fromisoformat("2026-11-24T15:00:00+03:00")
    session.add(Heartbeat(name="x", beat_at=at))
    session.commit()
    session.expire_all()
    found = session.scalars(select(Heartbeat.beat_at)).one()
    assert found == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert found.utcoffset().total_seconds() == 0


def test_a_time_without_a_zone_is_refused(session):
    session.add(Heartbeat(name="x", beat_at=datetime(2026, 1, 1)))
    with pytest.raises(Exception, match="naive"):
        session.flush()


def test_eight_writers_who_read_first_lose_no_write(engine):
    with Session(engine) as session:
        session.add(Counter(name="x", value=0))
        session.commit()

    def count_up():
        for _ in range(10):
            with Session(engine) as session:
                begin_write(session)
                row = session.scalars(
                    select(Counter).where(Counter.name == "x").with_for_update()
                ).one()
                row.value += 1
                session.commit()

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        assert session.scalars(select(Counter.value)).one() == 80
