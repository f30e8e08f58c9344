from datetime import UTC, datetime

from sqlalchemy import delete

from donations.inbox.intake import store
from donations.jobs.models import Job
from donations.stripe_gateway.signatures import Hint


def test_empty_pages_say_what_will_appear_there(sign_in):
    staff = sign_in("admin")
    for path in ("", "gifts", "supporters", "income", "inbox"):
        page = staff.get(f"/office/{path}")
        assert page.status_code == 200
        assert 'class="empty"' in page.text, path


def test_a_filter_nobody_could_choose_is_refused_not_widened(sign_in):
    staff = sign_in("finance")
    for query in ("month=2026-13", "currency=zzz", "state=lost", "frequency=daily"):
        assert staff.get(f"/office/gifts?{query}").status_code == 400


def test_exports_come_as_named_files_without_identity(sign_in):
    staff = sign_in("finance")
    for name in ("income", "gifts", "supporters"):
        answer = staff.get(f"/office/{name}.csv")
        assert answer.mimetype == "text/csv"
        assert f"{name}-2026-11-24" in answer.headers["Content-Disposition"]
        assert "email" not in answer.text
        assert "name" not in answer.text.splitlines()[0].replace("filename", "")


def test_an_event_is_replayed_by_an_administrator(sign_in, session, master, clock, worker):
    hint = Hint("evt_1", "customer.tax_id.created", "txi_1", datetime(2026, 11, 24, tzinfo=UTC))
    store(session, master, hint, now=clock.now())
    worker.run_due()
    staff = sign_in("admin")
    assert "Type not used" in staff.get("/office/inbox").text
    assert staff.post("/office/inbox/evt_1/replay").status_code == 303
    assert worker.run_due() == 1
    assert staff.post("/office/inbox/evt_none/replay").status_code == 404
    session.rollback()
    session.execute(delete(Job))  # done and forgotten long ago
    session.commit()
    assert staff.post("/office/inbox/evt_1/replay").status_code == 303
    assert worker.run_due() == 1
