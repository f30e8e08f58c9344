import pytest

from donations.reminders.measuring import Interval
from donations.web.office.reminder_chart import LEFT, RIGHT, WIDTH, drawing


def test_the_scale_begins_at_nought_and_holds_every_bound():
    drawn = drawing(
        (("a", "given", Interval(0.08, 0.05, 0.12)), ("b", "held", Interval(0, 0, 0.04)))
    )
    assert [tick.share for tick in drawn.ticks] == pytest.approx([0, 0.05, 0.1, 0.15, 0.2])
    assert drawn.ticks[0].x == LEFT
    assert drawn.bars[1].low == drawn.bars[1].middle == LEFT
    assert all(LEFT <= bar.low <= bar.middle <= bar.high <= WIDTH - RIGHT for bar in drawn.bars)


def test_bars_stand_below_each_other_inside_the_drawing():
    drawn = drawing(tuple((name, "given", Interval(0.5, 0, 1)) for name in "abc"))
    heights = [bar.y for bar in drawn.bars]
    assert heights == sorted(heights)
    assert heights[-1] < drawn.base < drawn.height
