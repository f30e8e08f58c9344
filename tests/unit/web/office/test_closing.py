from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from tests_support.months import OCTOBER, Ledger, october

from donations.closing.models import ClosedMonth

PATH = "/office/closing/2026-10"


@pytest.fixture
def books(session, settings):
    return october(session, settings.newsroom)


def closed(session):
    session.expire_all()
    return session.get(ClosedMonth, OCTOBER.first_day)


def test_months_are_listed_with_what_is_next(books, sign_in):
    text = sign_in("accountant").get("/office/closing").text
    assert "October 2026" in text
    assert "Ready to close" in text
    assert "November 2026" in text


def test_without_entries_there_is_nothing_to_close(sign_in):
    assert "Nothing is booked yet" in sign_in("finance").get("/office/closing").text


def test_a_month_is_walked_to_its_button_closed_and_its_pack_downloaded(
    books, session, sign_in, worker
):
    finance = sign_in("finance")
    page = finance.get(PATH).text
    assert "1 of 1 tied" in page
    assert "$5.00" in page  # a twelfth of what was put off
    assert "Close October 2026" in page
    answer = finance.post(PATH, confirm="2026-10")
    assert (answer.status_code, answer.location) == (303, PATH)
    assert "The pack is being made" in finance.get(PATH).text
    waiting = finance.get(f"{PATH}/pack.zip")
    assert (waiting.status_code, waiting.location) == (303, PATH)
    worker.run_due()
    kept = closed(session)
    assert kept.closed_by == "finance"
    page = finance.get(PATH).text
    assert "The pack is kept" in page
    assert kept.pack_sha256 in page
    assert "Close October 2026" not in page
    assert "by finance" in page.replace("\n", " ") or "finance" in page
    listed = finance.get("/office/closing").text
    assert "0.00" in listed
    assert f"{PATH}/pack.zip" in listed
    pack = finance.get(f"{PATH}/pack.zip")
    assert pack.headers["Content-Disposition"] == "attachment; filename=close-pack-2026-10.zip"
    assert "MANIFEST.json" in zipfile.ZipFile(io.BytesIO(pack.data)).namelist()
    pack.close()


def test_a_month_that_was_not_typed_is_not_closed(books, session, sign_in):
    answer = sign_in("finance").post(PATH, confirm="2026-11")
    assert answer.status_code == 422
    assert "nothing was closed" in answer.text
    assert closed(session) is None


def test_what_is_open_is_shown_with_a_link_and_cannot_be_closed_past(books, session, sign_in):
    batch = books.batch(date(2026, 10, 9))
    gift = books.gift(700, datetime(2026, 10, 30, tzinfo=UTC), booked=False)
    payout = books.payout(500, date(2026, 10, 30))
    books.exception("no_fund", "gift7", date(2026, 10, 9))
    finance = sign_in("finance")
    page = finance.get(PATH).text
    for path in (
        f"/gifts/{gift}",
        f"/offline/{batch}",
        f"/payouts/{payout.stripe_id}",
        "/exceptions?",
    ):
        assert f'href="/office{path}' in page
    assert 'name="confirm"' not in page
    answer = finance.post(PATH, confirm="2026-10")
    assert answer.status_code == 409
    assert "Nothing was closed" in answer.text
    assert closed(session) is None


def test_without_statements_an_explanation_is_asked_for_and_kept(session, settings, sign_in):
    books = Ledger(session, settings.newsroom)
    books.gift(1_000, datetime(2026, 10, 3, tzinfo=UTC))
    books.payout(900, date(2026, 10, 28))
    books.swept()
    finance = sign_in("finance")
    assert "No bank statement was ever imported" in finance.get(PATH).text
    assert finance.post(PATH, confirm="2026-10").status_code == 409
    answer = finance.post(PATH, confirm="2026-10", explanation="Seen <online>.")
    assert answer.status_code == 303
    page = finance.get(PATH).text
    assert "Seen &lt;online&gt;." in page
    assert 'class="wrong">' in page  # the proof that the bank never gave
    assert '<span class="wrong">-$9.00' in page or "$9.00" in page


@pytest.mark.parametrize("role", ["accountant", "admin"])
def test_an_accountant_reads_and_an_admin_closes_and_nobody_opens(books, session, sign_in, role):
    staff = sign_in(role)
    assert ('name="confirm"' in staff.get(PATH).text) == (role == "admin")
    answer = staff.post(PATH, confirm="2026-10")
    assert answer.status_code == (303 if role == "admin" else 403)
    assert (closed(session) is None) == (role == "accountant")
    if role == "admin":
        kept = closed(session).pack_sha256
        staff.post(PATH, confirm="2026-10")
        assert closed(session).pack_sha256 == kept
        assert staff.client.delete(PATH).status_code == 405


@pytest.mark.parametrize("name", ["2026-13", "october", "2026-10-01"])
def test_what_is_no_month_is_not_found(sign_in, name):
    assert sign_in("finance").get(f"/office/closing/{name}").status_code == 404


def test_an_open_month_has_no_pack_to_download(books, sign_in):
    assert sign_in("finance").get(f"{PATH}/pack.zip").status_code == 404


def test_a_pack_made_again_is_the_same_to_the_byte(books, session, sign_in, worker):
    finance = sign_in("finance")
    finance.post(PATH, confirm="2026-10")
    worker.run_due()
    first = finance.get(f"{PATH}/pack.zip").data
    assert finance.post(f"{PATH}/pack").location == PATH
    assert finance.get(f"{PATH}/pack.zip").status_code == 303
    worker.run_due()
    assert finance.get(f"{PATH}/pack.zip").data == first


def test_a_pack_that_would_differ_is_not_offered_and_says_so(books, session, sign_in, worker):
    finance = sign_in("finance")
    finance.post(PATH, confirm="2026-10")
    closed(session).pack_sha256 = "0" * 64
    session.commit()
    worker.run_due()
    page = finance.get(PATH).text
    assert "The pack could not be made" in page
    assert "another pack than the one the month was closed with" in page
    assert finance.get(f"{PATH}/pack.zip").status_code == 303


def test_a_month_closed_before_packs_were_kept_has_one_made(books, session, sign_in, worker):
    finance = sign_in("finance")
    finance.post(PATH, confirm="2026-10")
    session.execute(text("DELETE FROM job"))
    session.commit()
    assert "Make the pack" in finance.get(PATH).text
    finance.post(f"{PATH}/pack")
    worker.run_due()
    assert finance.get(f"{PATH}/pack.zip").status_code == 200


def test_nobody_makes_the_pack_of_an_open_month(books, sign_in):
    assert sign_in("finance").post(f"{PATH}/pack").status_code == 404
