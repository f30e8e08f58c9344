from datetime import timedelta
from zoneinfo import ZoneInfo

from donations.jobs.outbox import beat
from donations.jobs.worker import HEARTBEAT
from donations.reports.today import LATE, today

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def test_this_month_counts_its_own_gifts_and_members_only(session, clock, enrol, give, join):
    now = clock.now()
    last_month = now - timedelta(days=40)
    for number, at in enumerate((last_month, now)):
        person = enrol(number, at)
        give(at, 1500, 74, frequency="monthly", supporter=person)
        join(person, at)
    give(now, 500, settled=False)
    found = today(session, AMSTERDAM, now)
    assert [total.figures.net.minor for total in found.month.totals] == [1426]
    assert (found.members, found.new_members, found.awaiting) == (2, 1, 1)
    assert sum(line.gifts for line in found.year.lines) == 2


def test_a_worker_that_is_silent_or_never_ran_is_noticed(session, clock):
    assert today(session, AMSTERDAM, clock.now()).worker_is_late
    beat(session, HEARTBEAT, now=clock.now())
    session.commit()
    assert not today(session, AMSTERDAM, clock.now()).worker_is_late
    clock.advance(LATE + timedelta(seconds=1))
    assert today(session, AMSTERDAM, clock.now()).worker_is_late
