from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from tests_support.audited import Newsroom

from donations import cli, diagnosis
from donations.diagnosis import findings
from donations.inbox.models import Sweep
from donations.jobs.claiming import claim_due
from donations.jobs.outbox import beat, bury, enqueue, pause
from donations.kernel.database import begin_write
from donations.mailer.sender_domain.resolving import CannotAsk
from donations.migrations import schema
from donations.reconciliation.discrepancies import Finding, Kind, found
from donations.web.house import EXTENSION


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


def do_everything(session):
    """As if a worker had done what is due."""
    session.execute(text("DELETE FROM job"))
    session.commit()


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
    do_everything(session)
    assert doctor()[0] == 1
    code, said = doctor("--rebuild-totals")
    assert "2026-11-19" in said
    assert code == 0, said


def test_open_exceptions_are_counted_by_kind(well, session, clock):
    begin_write(session)
    found(session, [Finding(Kind.NO_FUND, "gift1", clock.now().date())], now=clock.now())
    session.commit()
    assert wrong(well) == ["1 open: Given for a fund that is not there"]


def test_a_database_that_does_not_answer_is_told_in_plain_words(doctor, monkeypatch):
    def away(_engine):
        raise OperationalError("SELECT", {}, Exception("canary"))

    monkeypatch.setattr(schema, "is_current", away)
    assert doctor() == (1, "WRONG the database does not answer\n")


def test_a_disk_with_little_room_is_told(well, monkeypatch):
    monkeypatch.setattr(diagnosis, "nearly_full", lambda _engine: "the disk has no room")
    assert "the disk has no room" in wrong(well)


def test_nights_that_did_not_happen_are_missed(well, worker, session, clock):
    do_everything(session)
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


def test_work_that_is_late_or_failed_for_good_is_named(well, worker, session, clock):
    do_everything(session)
    begin_write(session)
    enqueue(session, "receipt", "a", now=clock.now() - timedelta(minutes=7))
    enqueue(session, "stripe_event", "b", now=clock.now() - timedelta(minutes=4))
    enqueue(session, "reminder", "c", now=clock.now() - timedelta(hours=5))
    enqueue(session, "welcome", "d", now=clock.now() - timedelta(days=1))
    session.commit()
    taken = claim_due(session, "welcome", 1, now=clock.now())[0]
    bury(session, taken.job_id, taken.lease, "why")
    session.commit()
    assert wrong(well) == [
        "no job has failed for good (1 of welcome)",
        "no work is late (receipt by 7 minutes)",
    ]


def test_paused_work_is_told_and_is_not_wrong(well, session, clock):
    do_everything(session)
    begin_write(session)
    enqueue(session, "receipt", "a", now=clock.now() - timedelta(days=1))
    pause(session, "receipt", by="an administrator", now=clock.now())
    session.commit()
    assert wrong(well) == []
    assert "receipt is paused by an administrator" in [one.what for one in findings(well)]


def test_silent_workers_are_told(well, session, clock):
    do_everything(session)
    clock.advance(timedelta(minutes=2))
    assert wrong(well) == ["no worker has shown signs of life for a minute"]


class Records:
    """A DNS that says what it is told to, or nothing at all."""

    def __init__(self, records=None):
        self.records = records

    def texts(self, name):
        if self.records is None:
            raise CannotAsk("LifetimeTimeout")
        return self.records.get(name, ())


@pytest.fixture
def real_sender(well):
    house = well.extensions[EXTENSION]
    newsroom = house.newsroom.model_copy(update={"mail_from": "post@mail.reader-support.org"})
    object.__setattr__(house, "newsroom", newsroom)
    return well


def test_what_the_senders_domain_does_not_say_is_wrong(real_sender):
    told = [one.what for one in findings(real_sender, Records({})) if not one.well]
    assert len(told) == 2
    assert "(SPF)" in told[0]
    assert "(DMARC)" in told[1]


def test_a_dns_that_cannot_be_asked_is_told_and_not_wrong(real_sender):
    last = list(findings(real_sender, Records()))[-1]
    assert (last.mark, last.well) == ("?", True)
    assert "could not be asked" in last.what


def test_a_sender_that_names_the_newsroom_is_wrong_unless_that_was_chosen(well):
    house = well.extensions[EXTENSION]
    for style, count in (("neutral", 1), ("named", 0)):
        changed = {"mail_from": "post@TheMoscowTimes.example", "mail_style": style}
        object.__setattr__(house, "newsroom", house.newsroom.model_copy(update=changed))
        told = [one for one in wrong(well) if "newsroom’s name" in one]
        assert len(told) == count
