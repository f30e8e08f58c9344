from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from tests_support.audited import Newsroom

from donations import cli
from donations.diagnosis import findings
from donations.inbox.models import Sweep
from donations.jobs.outbox import beat
from donations.kernel.database import begin_write
from donations.reconciliation.discrepancies import Finding, Kind, found


@pytest.fixture
def well(app, session, worker, clock):
    """An installation in which everything happened as it should."""
    worker.tick()
    begin_write(session)
    now = clock.now()
    beat(session, "audit", now=now)
    moments = dict.fromkeys(("began_at", "ended_at", "since", "reached"), now)
    session.add(Sweep(**moments, seen=3, failed=0, mended=[["txn_1", "gift"]]))
    session.commit()
    return app


@pytest.fixture
def doctor(well, monkeypatch):
    """What the command says, and its exit code."""
    monkeypatch.setattr(cli, "_settled_app", lambda: well)

    def asked(*options):
        answer = CliRunner().invoke(cli.cli, ["doctor", *options])
        return answer.exit_code, answer.output

    return asked


def wrong(app):
    return [finding.what for finding in findings(app) if not finding.well]


def test_nothing_is_wrong_where_all_is_well(doctor):
    code, said = doctor()
    assert code == 0, said
    assert "WRONG" not in said
    assert "every entry sums to nothing" in said


def test_a_broken_invariant_is_named_and_the_command_fails(
    doctor, session, master, clock, database_url
):
    Newsroom(session, master, clock).gift()
    if not database_url.startswith("sqlite"):
        pytest.skip("the same for both; only here the triggers are this test's own")
    session.execute(text("DROP TRIGGER ledger_posting_refuses_update"))
    for (name,) in session.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    ).all():
        session.execute(text(f"DROP TRIGGER {name}"))
    session.execute(text("UPDATE ledger_posting SET amount_minor = 1 WHERE account = 'fees'"))
    session.commit()
    code, said = doctor()
    assert code == 1
    assert "WRONG every entry sums to nothing (not: 1)" in said


def test_totals_are_made_anew_after_saying_which_differed(doctor, session, master, clock):
    Newsroom(session, master, clock).gift()
    session.execute(text("UPDATE ledger_day SET minor = minor + 1 WHERE account = 'fees'"))
    session.commit()
    assert doctor()[0] == 1
    code, said = doctor("--rebuild-totals")
    assert "2026-11-19" in said
    assert code == 0, said


def test_open_exceptions_are_counted_by_kind(well, session, clock):
    begin_write(session)
    found(session, [Finding(Kind.NO_FUND, "gift1", clock.now().date())], now=clock.now())
    session.commit()
    assert wrong(well) == ["1 open: Given for a fund that is not there"]


def test_nights_that_did_not_happen_are_missed(well, worker, clock):
    clock.advance(timedelta(hours=27))
    worker.tick()
    assert wrong(well) == [
        "Stripe's movements were swept within 26 hours (27 hours ago)",
        "the books were audited within 26 hours (27 hours ago)",
    ]


def test_books_in_another_zone_than_the_settings_are_told(well, session):
    begin_write(session)
    session.execute(text("UPDATE ledger_books SET zone = 'Asia/Tbilisi'"))
    session.commit()
    assert any("Asia/Tbilisi" in what for what in wrong(well))
