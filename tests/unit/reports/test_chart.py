from datetime import UTC, datetime
from itertools import pairwise

import pytest

from donations.kernel.months import Month
from donations.ledger.chart import Kind
from donations.reports.chart import charts
from donations.reports.income import income

OCTOBER = datetime(2026, 10, 10, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 10, tzinfo=UTC)


def drawn(session):
    return charts(income(session, Month(2026, 9), Month(2026, 11)))


def test_there_is_a_chart_for_each_currency_and_none_without_income(session, give):
    assert drawn(session) == ()
    give(NOVEMBER, 1000)
    give(NOVEMBER, 1000, currency="jpy")
    assert [chart.currency for chart in drawn(session)] == ["jpy", "usd"]


def test_columns_begin_at_zero_and_are_as_tall_as_their_amounts(session, give):
    give(OCTOBER, 2000)
    give(NOVEMBER, 1000, frequency="monthly")
    give(NOVEMBER, 3000)
    (chart,) = drawn(session)
    empty, october, november = chart.columns
    assert (empty.blocks, empty.top) == ((), chart.base)
    assert october.blocks[0].y + october.blocks[0].height == pytest.approx(chart.base, abs=0.02)
    assert november.blocks[0].height * 3 == pytest.approx(november.blocks[1].height, abs=0.05)
    assert november.total.minor == 4000
    assert chart.ticks[0].amount.minor == 0
    assert chart.ticks[-1].amount.minor >= 4000


def test_every_series_is_named_even_when_its_last_month_is_empty(session, give):
    give(OCTOBER, 2000)
    give(OCTOBER, 10, frequency="annual")
    give(NOVEMBER, 1000, frequency="monthly")
    (chart,) = drawn(session)
    assert [label.series for label in chart.labels] == ["monthly", "annual", "once"]
    heights = [label.y for label in chart.labels]
    assert all(above <= below - 24 for below, above in pairwise(heights))


def test_the_table_beside_the_chart_says_nothing_where_nothing_is_drawn(session, give):
    give(OCTOBER, 2000)
    (chart,) = drawn(session)
    assert chart.series == ("once",)
    assert [column.amount("once").minor for column in chart.columns] == [0, 2000, 0]


def test_a_month_of_nothing_but_refunds_draws_nothing(session, give):
    name = give(OCTOBER, 2000)
    give(NOVEMBER, -2000, kind=Kind.REFUND, gift=name)
    (chart,) = drawn(session)
    assert chart.columns[-1].blocks == ()
