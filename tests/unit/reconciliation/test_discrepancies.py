from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.reconciliation.discrepancies import (
    AUDITED,
    LONGEST_EXPLANATION,
    Finding,
    Kind,
    Unexplained,
    clear_unseen,
    explain,
    found,
    open_counts,
    open_in,
)
from donations.reconciliation.models import Discrepancy

DAY = date(2026, 11, 20)
BALANCE = Finding(Kind.BALANCE_DIFFERS, "usd", DAY, 500, "usd")
FUND = Finding(Kind.NO_FUND, "gift1", DAY, 5000, "usd", "missing=courts")


@pytest.fixture
def look(session, clock):
    """One audit that finds what it is given; the rows afterwards, by key."""

    def looked(*findings):
        clock.advance(timedelta(days=1))
        begin_write(session)
        fresh = found(session, findings, now=clock.now())
        clear_unseen(session, AUDITED, now=clock.now())
        session.commit()
        looked.fresh = [row.key for row in fresh]
        return {row.key: row for row in session.scalars(select(Discrepancy))}

    return looked


def test_the_same_difference_is_found_once(look, clock):
    look(BALANCE)
    began = clock.now()
    assert look.fresh == ["balance_differs:usd"]
    [row] = look(BALANCE).values()
    assert row.found_at == began
    assert row.seen_at == clock.now()
    assert look.fresh == []


def test_what_is_seen_no_more_clears_and_what_comes_back_is_open_again(look, clock):
    look(BALANCE, FUND)
    gone = look(FUND)["balance_differs:usd"]
    assert gone.cleared_at == clock.now()
    back = look(FUND, BALANCE)["balance_differs:usd"]
    assert back.cleared_at is None
    assert back.found_at == clock.now()
    assert look.fresh == ["balance_differs:usd"]


def test_only_the_kinds_an_audit_looked_for_are_cleared(session, look, clock):
    look(Finding(Kind.INVARIANT_BROKEN, "totals_are_sums", DAY))
    [row] = look().values()
    assert row.cleared_at is None


def test_an_explained_one_stays_explained_while_it_says_the_same(look, session, clock):
    [row] = look(BALANCE).values()
    assert explain(session, row.id, "  what came\nbefore us ", "finance", now=clock.now())
    session.commit()
    [row] = look(BALANCE).values()
    assert (row.explanation, row.explained_by) == ("what came before us", "finance")
    assert open_counts(session) == {}


def test_an_explanation_does_not_cover_another_amount(look, session, clock):
    [row] = look(BALANCE).values()
    explain(session, row.id, "what came before us", "finance", now=clock.now())
    session.commit()
    rows = look(replace(BALANCE, amount_minor=90_000))
    assert rows["balance_differs:usd"].amount_minor == 90_000
    assert rows["balance_differs:usd"].explained_at is None
    [kept] = [row for key, row in rows.items() if "#" in key]
    assert (kept.amount_minor, kept.explained_by) == (500, "finance")
    assert kept.cleared_at is not None
    assert open_counts(session) == {"balance_differs": 1}


def test_an_open_one_follows_its_amount(look):
    look(BALANCE)
    [row] = look(replace(BALANCE, amount_minor=700)).values()
    assert row.amount_minor == 700


@pytest.mark.parametrize("text", ["", "  \n", "x" * (LONGEST_EXPLANATION + 1)])
def test_an_explanation_has_words_and_an_end(look, session, clock, text):
    [row] = look(BALANCE).values()
    with pytest.raises(Unexplained):
        explain(session, row.id, text, "finance", now=clock.now())


def test_what_is_explained_or_cleared_or_unknown_is_not_explained_again(look, session, clock):
    row = look(BALANCE, FUND)["balance_differs:usd"]
    assert explain(session, row.id, "first", "finance", now=clock.now())
    assert not explain(session, row.id, "second", "admin", now=clock.now())
    assert row.explanation == "first"
    session.commit()
    cleared = look(BALANCE)["no_fund:gift1"]
    assert not explain(session, cleared.id, "late", "finance", now=clock.now())
    with pytest.raises(NotFound):
        explain(session, 999, "nothing", "finance", now=clock.now())


def test_a_month_is_asked_for_what_is_open_in_it(look, session, clock):
    late = replace(FUND, subject="gift2", posted_on=date(2026, 12, 1))
    rows = look(BALANCE, FUND, late)
    explain(session, rows["balance_differs:usd"].id, "known", "finance", now=clock.now())
    session.commit()
    november = open_in(session, date(2026, 11, 1), date(2026, 11, 30))
    assert [row.key for row in november] == ["no_fund:gift1"]
