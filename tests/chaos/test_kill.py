"""Real processes are killed at any moment while Stripe tells of payments: nothing is lost or twice.

The web server, the worker and PostgreSQL itself get SIGKILL and are started again; what was not
acknowledged is told again.  `CHAOS_EVENTS=10000 make chaos` does it for longer.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests_support.lives import Audit
from tests_support.processes import Newsroom, PostgreSQL

from donations.giving.models import Gift, Receipt
from donations.inbox.models import StripeEvent
from donations.jobs.models import Job
from donations.ledger.books import last_number
from donations.ledger.models import Entry
from donations.mailer.models import Letter

EVENTS = int(os.environ.get("CHAOS_EVENTS", "400"))


@pytest.fixture(params=["sqlite", "postgresql"])
def newsroom(request, tmp_path):
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            made = Newsroom(f"sqlite:///{tmp_path}/donations.db", events=EVENTS)
        else:
            folder = Path(tempfile.mkdtemp(prefix="donations-chaos-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            server = PostgreSQL(folder)
            stack.callback(server.stop)
            made = Newsroom(server.url, server, events=EVENTS)
        stack.callback(made.stop)
        yield made


@pytest.mark.chaos
def test_whatever_is_killed_nothing_is_lost_and_nothing_is_done_twice(newsroom):
    events = newsroom.happen()
    began = time.monotonic()
    newsroom.tell_while_killing(seed=2026)
    seconds = time.monotonic() - began
    assert newsroom.sandbox.world.outbox.pending() == 0
    newsroom.rest()
    assert Audit(newsroom.sandbox, newsroom.engine).wrong() == []
    charges = newsroom.sandbox.world.store.tables["charge"]
    with Session(newsroom.engine) as session:
        gifts = session.scalar(select(func.count()).select_from(Gift))
        receipts = session.scalars(select(Receipt.number).order_by(Receipt.number)).all()
        stored = session.scalar(select(func.count()).select_from(StripeEvent))
        letters = session.scalars(select(Letter.key)).all()
        left = session.execute(
            select(Job.kind, Job.state, Job.last_error).where(Job.state != "done")
        ).all()
        last = last_number(session)
        assert session.scalar(select(func.count()).select_from(Entry)) == last
        assert session.scalar(select(func.count(Gift.id)).where(Gift.booked_at.is_(None))) == 0
    assert left == []
    assert gifts == len(charges)
    assert receipts == list(range(1001, 1001 + gifts))
    assert len(letters) == len(set(letters)) == gifts == len(newsroom.letters.ids)
    again = sum(newsroom.letters.ids.values()) - gifts
    print(
        f"\n{events} events, {stored} stored, {gifts} gifts, {last} entries in {seconds:.0f} s;"
        f" killed {dict(newsroom.killed)}; {again} letters sent again under their Message-ID"
    )
    assert sum(newsroom.killed.values()) > 2
    assert again <= newsroom.killed.total()
