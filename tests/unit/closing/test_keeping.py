from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO

import pytest
from sqlalchemy import func, select
from tests_support.months import OCTOBER, october

from donations.closing import keeping
from donations.closing.keeping import kept_pack
from donations.closing.locking import close, lock
from donations.closing.models import ClosedMonth, PackPart
from donations.kernel.errors import NotFound
from donations.ledger.codes import Codes


@pytest.fixture
def books(session, settings):
    return october(session, settings.newsroom)


def closing(session, settings, clock, how=lock):
    how(
        session,
        OCTOBER,
        "finance",
        newsroom=settings.newsroom,
        codes=Codes.build({}),
        now=clock.now(),
    )


def test_a_closed_month_s_pack_is_made_by_a_job_and_kept_in_parts(
    books, session, settings, clock, worker, monkeypatch
):
    monkeypatch.setattr(keeping, "PART_BYTES", 4096)
    closing(session, settings, clock)
    assert session.scalar(select(func.count()).select_from(PackPart)) == 0
    worker.run_due()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(PackPart)) > 2
    whole = b"".join(kept_pack(session, OCTOBER))
    manifest = zipfile.ZipFile(BytesIO(whole)).read("MANIFEST.json")
    closed = session.get_one(ClosedMonth, OCTOBER.first_day)
    assert hashlib.sha256(manifest).hexdigest() == closed.pack_sha256


def test_a_month_closed_by_command_has_its_digest_at_once_and_its_pack_from_the_job(
    books, session, settings, clock, worker
):
    closing(session, settings, clock, close)
    digest = session.get_one(ClosedMonth, OCTOBER.first_day).pack_sha256
    assert digest
    with pytest.raises(NotFound):
        kept_pack(session, OCTOBER)
    worker.run_due()
    session.rollback()
    assert b"".join(kept_pack(session, OCTOBER))
    assert session.get_one(ClosedMonth, OCTOBER.first_day).pack_sha256 == digest
