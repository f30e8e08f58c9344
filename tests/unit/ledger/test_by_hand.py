from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from donations.kernel.errors import FieldRefused
from donations.ledger.by_hand import noon, signed_memo


@pytest.mark.parametrize("zone", ["UTC", "Europe/Amsterdam", "Pacific/Auckland", "Pacific/Niue"])
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 24)])
def test_noon_is_on_its_own_day_whatever_the_clocks_do(zone, day):
    moment = noon(day, ZoneInfo(zone))
    assert moment.tzinfo is UTC
    assert moment.astimezone(ZoneInfo(zone)).date() == day
    assert noon(date(2026, 7, 1), ZoneInfo("UTC")) == datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_a_reason_is_signed():
    assert signed_memo("  Two cheques,  one slip ", "vera") == "Two cheques, one slip (vera)"
    assert len(signed_memo("x" * 110, "y" * 80)) <= 200


@pytest.mark.parametrize(
    ("memo", "reason"),
    [("", "empty"), (" ", "empty"), ("x" * 111, "too_long"), ("for a@b.example", "names_somebody")],
)
def test_a_reason_that_cannot_stand_is_refused(memo, reason):
    with pytest.raises(FieldRefused) as refused:
        signed_memo(memo, "vera")
    assert refused.value.reason == reason
