from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from donations.kernel.months import Month, months_between

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "26-01", "2026-00", "2026-01-01", ""])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="2026-11"):
        Month.parse(text)


def test_a_month_reads_as_it_is_written():
    assert str(Month.parse("2026-03")) == "2026-03"


def test_the_month_the_clocks_change_is_an_hour_longer_or_shorter():
    march, october = Month(2026, 3), Month(2026, 10)
    assert march.end(AMSTERDAM) - march.start(AMSTERDAM) == timedelta(days=31, hours=-1)
    assert october.end(AMSTERDAM) - october.start(AMSTERDAM) == timedelta(days=31, hours=1)


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Pacific/Kiritimati", "America/St_Johns"])
def test_each_instant_belongs_to_the_month_that_holds_it(zone):
    place = ZoneInfo(zone)
    for hours in range(0, 24 * 400, 5):
        instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        month = Month.of(instant, place)
        assert month.start(place) <= instant < month.end(place)
        assert month.end(place) == month.later(1).start(place)


def test_counting_months_crosses_years_both_ways():
    assert Month(2026, 11).later(2) == Month(2027, 1)
    assert Month(2026, 1).later(-1) == Month(2025, 12)
    assert len(months_between(Month(2025, 12), Month(2026, 11))) == 12
    assert months_between(Month(2026, 2), Month(2026, 1)) == ()
