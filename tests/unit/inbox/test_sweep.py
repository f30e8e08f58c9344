"""The walk: oldest first, from where the last one came to, and nothing lost wherever it is cut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support.stripe import AT, movement, payment, payout

from donations.inbox import payout_rounds, sweep, walks
from donations.inbox.handlers.payouts import MEND_JOB
from donations.inbox.mending import movement_mender
from donations.inbox.models import Sweep
from donations.inbox.walks import OVERLAP, Walk
from donations.jobs.models import Heartbeat, Job
from donations.jobs.outbox import enqueue
from donations.jobs.worker import Worker
from donations.ledger.books import balances
from donations.ledger.models import Entry
from donations.payouts.models import Payout
from donations.stripe_gateway.errors import StripeUnavailable


def fee(number, created=AT, **changes):
    return movement(f"txn_{number}", -100, 0, kind="stripe_fee", created=created, **changes)


@pytest.fixture
def walk(session, gateway, master, clock):
    def walked(**how):
        row = sweep.sweep(session, gateway, master, clock.now(), **how)
        found = (row.seen, row.failed, row.mended)
        session.rollback()
        return found

    return walked


@pytest.fixture
def night(session, sessions, gateway, master, clock):
    """Runs the job of tonight to its end, however many runs that takes."""

    def ran(name="sweep:tonight"):
        gateway.session = None
        handlers = {
            sweep.JOB: sweep.sweep_job(gateway, master),
            MEND_JOB: movement_mender(gateway, master),
        }
        enqueue(session, sweep.JOB, name, now=clock.now())
        session.commit()
        runs = Worker(sessions, handlers, clock).run_due()
        gateway.session = session
        return runs

    return ran


def sources(session):
    found = session.scalars(select(Entry.source).order_by(Entry.number)).all()
    session.rollback()
    return found


def rows(session, model=Sweep):
    session.rollback()
    return session.scalars(select(model).order_by(model.__table__.c[0])).all()


def test_it_mends_oldest_first_and_the_second_time_finds_nothing(session, gateway, walk, clock):
    hours = (30, 2, 20, 1)
    gateway.move(*(fee(h, clock.now() - timedelta(hours=h)) for h in hours))
    assert walk()[2] == [[f"txn_{h}", "stripe_fee"] for h in (30, 20, 2, 1)]
    assert sources(session) == ["txn_30", "txn_20", "txn_2", "txn_1"]
    assert walk() == (4, 0, [])
    assert balances(session)["service_fees", "usd"] == 400


def test_the_first_walk_begins_before_anything_of_ours_and_the_next_two_days_back(
    session, walk, checkout, clock
):
    checkout()
    clock.advance(timedelta(days=40))
    walk()
    clock.advance(timedelta(days=1))
    walk()
    first, second = rows(session)
    assert first.since == clock.now() - timedelta(days=41) - OVERLAP
    assert (first.reached, second.since) == (
        second.began_at - timedelta(days=1),
        AT + timedelta(38),
    )
    assert second.reached == clock.now()


def test_a_walk_from_a_later_day_leaves_the_rest_to_the_next(session, gateway, walk, clock):
    walk()
    reached = clock.now()
    clock.advance(timedelta(days=9))
    gateway.move(fee(1, reached + timedelta(days=1)), fee(2, reached + timedelta(days=8)))
    assert walk(since=reached + timedelta(days=7))[2] == [["txn_2", "stripe_fee"]]
    assert rows(session)[-1].reached == reached
    session.rollback()
    assert walk()[2] == [["txn_1", "stripe_fee"]]
    assert rows(session)[-1].reached == clock.now()


def test_what_stood_in_suspense_is_placed_by_the_next_walk_that_can(
    session, gateway, walk, checkout, clock
):
    charge = movement("txn_pi_1", source="ch_1")
    donation = checkout()
    gateway.put(payment()).move(charge, movement("txn_top", 100, 0, kind="topup"))
    gateway.charges["ch_1"] = "pi_1"
    clock.advance(timedelta(hours=3))
    assert walk()[2] == [["txn_pi_1", "other"], ["txn_top", "other"]]
    gateway.put(payment(donation=donation, movement=charge))
    assert walk()[2] == [["txn_pi_1", "gift"]]
    assert walk()[2] == []
    assert balances(session)["income", "usd"] == -5000


def test_an_account_without_anything_of_ours_is_walked_from_two_days_ago(session, walk, clock):
    walk()
    assert rows(session)[0].since == clock.now() - OVERLAP


def test_a_movement_ahead_of_our_clock_is_seen(gateway, walk, clock):
    gateway.move(fee(1, clock.now() + timedelta(days=3)))
    assert walk()[2] == [["txn_1", "stripe_fee"]]


def test_one_that_fails_stops_no_other_and_the_next_walk_begins_before_it(
    session, gateway, walk, checkout, clock
):
    gateway.put(payment(donation=checkout(), movement=movement("txn_2", source="ch_1")))
    gateway.move(
        *(fee(number, clock.now() - timedelta(hours=20 * number)) for number in (3, 1)),
        movement("txn_2", source="ch_1", created=clock.now() - timedelta(hours=40)),
    )
    gateway.charges["ch_1"] = "pi_1"
    gateway.failure = StripeUnavailable("down")
    clock.advance(timedelta(days=9))
    assert walk(since=AT - timedelta(days=4)) == (
        3,
        1,
        [["txn_3", "stripe_fee"], ["txn_1", "stripe_fee"]],
    )
    assert rows(session)[0].reached == AT - timedelta(hours=40)
    session.rollback()
    gateway.failure = None
    assert walk()[1:] == (0, [["txn_2", "gift"]])
    assert rows(session)[1].reached == clock.now()


def test_a_failure_is_logged_by_kind_and_movement_alone(gateway, walk, checkout, capsys):
    gateway.put(payment(donation=checkout()))
    gateway.move(movement("txn_2", source="ch_1"))
    gateway.charges["ch_1"] = "pi_1"
    gateway.failure = ValueError("reader@example.org ch_1")
    walk()
    said = capsys.readouterr()
    assert "txn_2" in said.out + said.err
    assert "ValueError" in said.out + said.err
    assert "reader@" not in said.out + said.err
    assert "ch_1" not in said.out + said.err


def test_cut_anywhere_it_loses_nothing_and_books_nothing_twice(
    session, gateway, walk, clock, monkeypatch
):
    gateway.move(*(fee(number, clock.now() - timedelta(hours=9 - number)) for number in range(5)))
    whole = sweep.mend
    for _ in range(4):
        left = iter(["one is mended, the next one is cut"])

        def killed(desk, moved, left=left):
            if next(left, None) is None:
                raise KeyboardInterrupt
            return whole(desk, moved)

        monkeypatch.setattr(sweep, "mend", killed)
        with pytest.raises(KeyboardInterrupt):
            walk()
        session.rollback()
    monkeypatch.setattr(sweep, "mend", whole)
    walk()
    assert sources(session) == [f"txn_{number}" for number in range(5)]
    assert walk()[2] == []


def test_a_walk_cut_short_is_gone_over_again(session, gateway, walk, clock, monkeypatch):
    def cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sweep, "follow_all", cut)
        with pytest.raises(KeyboardInterrupt):
            walk(since=clock.now() - timedelta(days=10))
    session.rollback()
    gateway.move(fee(1))
    assert walk()[2] == [["txn_1", "stripe_fee"]]


def test_progress_is_told_up_to_now(walk, clock):
    heard = []
    walk(since=clock.now() - timedelta(days=2, hours=12), progress=heard.append)
    ends = [clock.now() - timedelta(days=1, hours=12), clock.now() - timedelta(hours=12)]
    assert heard == [*ends, clock.now()]


def test_a_payout_nobody_told_of_is_recorded_with_its_lines(session, gateway, walk):
    gateway.put(payout())
    gateway.lines["po_1"] = [movement("txn_a", source="ch_1")]
    walk()
    [row] = rows(session, Payout)
    assert (row.state, row.trace_id, len(row.lines)) == ("paid", "trace_1", 1)


def test_a_payout_on_its_way_is_asked_about_until_it_is_done(session, gateway, walk, clock):
    gateway.put(payout(status="in_transit", trace_id=None, lines_known=False))
    for _ in range(3):
        walk()
        clock.advance(timedelta(days=2))
    gateway.put(payout(trace_id=None))
    walk()
    assert rows(session, Payout)[0].state == "paid"
    clock.advance(timedelta(days=6))
    gateway.put(payout())
    walk()
    assert rows(session, Payout)[0].trace_id == "trace_1"
    clock.advance(timedelta(days=6))
    session.rollback()
    asked = gateway.asked["po_1"]
    walk()
    assert gateway.asked["po_1"] == asked


def test_a_payout_that_fails_stops_no_other_and_is_tried_again(session, gateway, walk, monkeypatch):
    gateway.put(payout("po_1"), payout("po_2"))
    whole = payout_rounds.payouts.changed

    def half(desk, name):
        if name == "po_1":
            raise StripeUnavailable("down")
        return whole(desk, name)

    monkeypatch.setattr(payout_rounds.payouts, "changed", half)
    assert walk()[1] == 1
    assert [row.stripe_id for row in rows(session, Payout)] == ["po_2"]
    [row] = rows(session)
    assert row.reached == row.since


def test_the_job_goes_as_far_as_its_lease_lets_it_and_promises_the_rest(
    session, gateway, night, clock, monkeypatch
):
    monkeypatch.setattr(sweep, "MOST_TRIED", 3)
    moments = [AT - timedelta(hours=30 - number // 2) for number in range(20)]
    gateway.move(*(fee(f"{number:02}", at) for number, at in enumerate(moments)))
    gateway.put(*(payout(f"po_{number}", movement=None) for number in range(7)))
    runs = night()
    assert runs >= 7
    assert sources(session) == [f"txn_{number:02}" for number in range(20)]
    assert len(rows(session, Payout)) == 7
    assert {job.state for job in rows(session, Job)} == {"done"}
    told = [row.mended for row in rows(session)]
    assert all(len(mended) <= 4 for mended in told)
    assert sum(map(len, told)) == 20
    assert rows(session)[-1].reached == clock.now()
    assert [beat.name for beat in rows(session, Heartbeat)] == ["sweep"]


def test_many_movements_of_one_second_are_not_gone_over_for_ever(
    session, gateway, night, monkeypatch
):
    monkeypatch.setattr(sweep, "MOST_TRIED", 2)
    young = [movement(f"txn_{number}", source=f"ch_{number}") for number in range(9)]
    gateway.move(*young, fee("later", AT + timedelta(seconds=1)))
    assert night() < 6
    assert sources(session) == ["txn_later"]


def test_a_failure_in_an_early_part_of_the_night_is_remembered_to_its_end(
    session, gateway, night, checkout, monkeypatch
):
    monkeypatch.setattr(sweep, "MOST_TRIED", 1)
    gateway.put(payment(donation=checkout()))
    gateway.charges["ch_1"] = "pi_1"
    gateway.failure = StripeUnavailable("down")
    bad = AT - timedelta(hours=30)
    gateway.move(movement("txn_bad", source="ch_1", created=bad), fee(1), fee(2))
    night()
    assert len(rows(session)) > 1
    assert rows(session)[-1].reached == bad
    session.rollback()
    gateway.failure = None
    night("sweep:tomorrow")
    assert "txn_bad" in str(rows(session)[-1].mended) or "txn_pi_1" in sources(session)


def test_a_walk_resumes_as_it_was_left():
    walk = Walk(since=AT, at=AT + timedelta(days=1), held=AT, followed="po_1", seen=4, failed=1)
    again = Walk.resumed(walk.left())
    assert (again.since, again.at, again.held, again.followed) == (AT, walk.at, AT, "po_1")
    assert (again.seen, again.failed) == (0, 0)
    assert walks.Walk.resumed(Walk.new(AT).left()) == Walk.new(AT)
