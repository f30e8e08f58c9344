from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from tests_support.asking import differences, question, tables

from donations.giving.membership_history import note_change
from donations.giving.models import Checkout, Membership
from donations.kernel.ids import public_id
from donations.reports.recurring_bridge import RECURRING_BRIDGE

MOVES = (
    *("opening", "new", "upgrade", "downgrade", "voluntary_churn", "failed_card_churn"),
    *("reactivated", "fx", "closing"),
)


def on(text):
    return datetime.fromisoformat(f"{text}T12:00+00:00")


@pytest.fixture
def member(session):
    """Makes a membership and what becomes of it, each change on its day."""
    numbers = count(1)
    checkout = Checkout(
        public_id=public_id(),
        attempt_key=b"k" * 32,
        frequency="monthly",
        amount_minor=1,
        currency="usd",
        language="en",
        placement="support",
        state="paid",
        created_at=on("2026-01-01"),
    )
    session.add(checkout)
    session.commit()

    def made(start, *later, supporter=None, **facts):
        membership = Membership(
            **{
                "public_id": public_id(),
                "supporter_id": supporter and supporter.id,
                "checkout_id": checkout.id,
                "subscription_sealed": b"x",
                "subscription_index": next(numbers).to_bytes(32, "big"),
                "frequency": "monthly",
                "amount_minor": 1000,
                "currency": "usd",
                "state": "active",
                "started_at": on(start),
                "synced_at": on(start),
            }
            | facts
        )
        session.add(membership)
        session.flush()
        note_change(session, membership, asked_at=on(start))
        for day, changed in later:
            for name, value in changed.items():
                setattr(membership, name, value)
            membership.ended_at = on(day) if membership.state == "ended" else None
            session.flush()
            note_change(session, membership, asked_at=on(day))
        session.commit()
        return membership

    return made


def bridge(session, *span, **more):
    told = tables(RECURRING_BRIDGE, session, question(session, *span, **more))
    assert not any(differences(told))
    rows = {}
    for row in told["bridge"]:
        minors = [row[move].minor for move in MOVES]
        assert sum(minors[:-1]) == minors[-1]
        rows[row["month"], row["currency"]] = dict(zip(MOVES, minors, strict=True))
    return rows


def test_every_move_of_a_month_has_its_column_and_they_sum_to_the_closing(session, member):
    left = {"state": "ended", "end_reason": "cancellation_requested"}
    failed = {"state": "ended", "end_reason": "payment_failed"}
    member("2026-09-05")
    member("2026-10-05", ("2026-11-03", {"amount_minor": 1500}))
    member("2026-10-06", ("2026-11-03", {"amount_minor": 400}))
    member("2026-10-07", ("2026-11-03", left))
    member("2026-10-08", ("2026-11-01", {"state": "past_due"}), ("2026-11-20", failed))
    member("2026-11-09", frequency="annual", amount_minor=12005)
    rows = bridge(session, "2026-10", "2026-11")
    assert rows["2026-10", "USD"] == dict.fromkeys(MOVES, 0) | {
        "opening": 1000,
        "new": 4000,
        "closing": 5000,
    }
    assert rows["2026-11", "USD"] == {
        "opening": 5000,
        "new": 1000,
        "upgrade": 500,
        "downgrade": -600,
        "voluntary_churn": -1000,
        "failed_card_churn": -1000,
        "reactivated": 0,
        "fx": 0,
        "closing": 3900,
    }


def test_who_comes_back_is_not_new_in_the_same_membership_or_another(session, member, enrol):
    person, stranger = enrol(1, on("2026-01-01")), enrol(2, on("2026-01-01"))
    member("2026-08-01", ("2026-09-01", {"state": "ended"}), supporter=person)
    member("2026-11-02", supporter=person)
    member("2026-11-02", supporter=stranger)
    member("2026-08-01", ("2026-09-02", {"state": "paused"}), ("2026-11-03", {"state": "active"}))
    november = bridge(session)["2026-11", "USD"]
    assert (november["new"], november["reactivated"]) == (1000, 2000)
    assert bridge(session, "2026-09")["2026-09", "USD"]["voluntary_churn"] == -2000


def test_a_membership_that_was_never_paid_never_counts(session, member):
    member("2026-11-02", ("2026-11-03", {"state": "ended"}), state="incomplete")
    assert bridge(session) == {}
    assert tables(RECURRING_BRIDGE, session, question(session))["cohorts"] == []


def test_a_change_of_currency_leaves_one_bridge_for_another(session, member):
    member("2026-10-02", ("2026-11-03", {"currency": "jpy", "amount_minor": 1500}))
    rows = bridge(session)
    assert rows["2026-11", "USD"]["fx"] == -1000
    assert rows["2026-11", "JPY"]["fx"] == 1500
    assert bridge(session, currency="jpy").keys() == {("2026-11", "JPY")}


def test_months_are_the_newsrooms_also_when_the_clocks_change(session, member):
    for hour in (22, 23):  # the first of November begins at 23:00 UTC in Amsterdam
        at = datetime(2026, 10, 31, hour, 30, tzinfo=UTC)
        member("2026-10-31", started_at=at)
    rows = bridge(session, "2026-10", "2026-11")
    assert [rows[month, "USD"]["new"] for month in ("2026-10", "2026-11")] == [1000, 1000]


def test_a_history_that_misses_a_change_does_not_tie(session, member):
    member("2026-11-02").amount_minor = 1300
    session.commit()
    told = tables(RECURRING_BRIDGE, session, question(session))
    assert differences(told) == [-300]


def test_cohorts_say_how_many_are_still_members_and_nothing_of_months_to_come(session, member):
    for ended in (None, "2026-02-10", "2026-04-20"):
        later = [(ended, {"state": "ended"})] if ended else []
        member("2026-01-15", *later)
    member("2026-09-15")
    told = tables(RECURRING_BRIDGE, session, question(session, "2026-01", "2026-11"))
    rows = {row["began"]: list(row.values())[1:] for row in told["cohorts"]}
    assert {month: row[:-1] for month, row in rows.items()} == {
        "2026-01": [3, 2, 1, 1, None],
        "2026-09": [1, 1, None, None, None],
    }
    assert str(rows["2026-01"][-1]) == "33.33"


def test_a_span_of_years_past_ties_to_the_last_change_of_each_then(session, member):
    member("2024-02-29", ("2025-03-01", {"amount_minor": 1400}), ("2026-05-01", {"state": "ended"}))
    rows = bridge(session, "2024-01", "2025-12", now=on("2026-11-24") + timedelta(days=1))
    assert rows["2025-12", "USD"]["closing"] == 1400
    assert len(rows) == 24
