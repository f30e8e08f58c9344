from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tests_support.receipts import UK, US, Giving, words

from donations.kernel.database import begin_write
from donations.receipts.declaring import declare
from donations.receipts.gift_aid_person import Person
from donations.receipts.issuing import Press
from donations.vault.sealed import destroy_data_key
from donations.web.receipt_press import RECEIPT_ISSUER

CLAIM = "/office/gift-aid"
DAYS = {"first": "2026-11-01", "last": "2026-11-24"}


@pytest.fixture
def giving(session, master):
    return Giving(session, master)


@pytest.fixture
def vera(giving, clock):
    return giving.supporter(at=clock.now())


@pytest.fixture
def receipt(app, giving, vera, clock):
    app.extensions[RECEIPT_ISSUER] = US
    return giving.gift(vera, 30000, at=clock.now())


@pytest.fixture
def claimable(app, session, master, settings, giving, vera, clock):
    app.extensions[RECEIPT_ISSUER] = UK
    declare(
        session,
        master,
        vera.id,
        Person(
            title="",
            first_name="=Vera",
            last_name="Reader",
            house="12a",
            address="Long Lane",
            postcode="S19 2BD",
        ),
        past=False,
        wording="I pay UK tax.",
        zone=settings.newsroom.zone,
        now=clock.now(),
    )
    return giving.gift(vera, 1000, "gbp", at=clock.now())


def test_the_office_has_the_very_file_of_the_supporter(
    session, master, settings, sign_in, receipt, clock
):
    own = Press(master, US, settings.newsroom.zone).paper(session, receipt.number, now=clock.now())
    clock.advance(timedelta(minutes=1))
    answer = sign_in("support").get(f"/office/receipts/{receipt.number}.pdf")
    assert answer.data == own.pdf
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_download_is_written_to_the_log_by_numbers_only(sign_in, receipt):
    staff = sign_in("support")
    with capture_logs() as logs:
        staff.get(f"/office/receipts/{receipt.number}.pdf")
    told = [one for one in logs if one["event"] == "receipt downloaded"]
    assert [(one["receipt"], one["version"]) for one in told] == [(receipt.number, 1)]
    assert set(told[0]) == {"event", "log_level", "receipt", "version", "staff"}


def test_every_version_can_be_had(sign_in, receipt, giving, clock):
    staff, path = sign_in("support"), f"/office/receipts/{receipt.number}"
    assert "nobody has opened it" in staff.get(path).text
    first = staff.get(f"{path}.pdf").data
    giving.refund(receipt, 30000, at=clock.now())
    assert "void" in words(staff.get(f"{path}.pdf").data)
    assert staff.get(f"{path}.pdf?version=1").data == first
    assert staff.get(f"{path}.pdf?version=3").status_code == 404
    for version in ("x", 10**10):
        assert staff.get(f"{path}.pdf?version={version}").status_code == 400
    shown = staff.get(path).text
    assert "Stands" in shown
    assert "Void" in shown


def test_a_number_leads_to_its_receipt(sign_in, receipt):
    staff = sign_in("support")
    assert "Free Press Foundation" in staff.get("/office/receipts").text
    found = staff.get(f"/office/receipts?number={receipt.number}")
    assert found.status_code == 303
    assert found.location == f"/office/receipts/{receipt.number}"
    assert staff.get("/office/receipts?number=x").status_code == 400
    for number in (0, 99, 10**12, 10**30):
        assert staff.get(f"/office/receipts/{number}").status_code == 404
    assert staff.get("/office/receipts/99.pdf").status_code == 404


def test_the_receipt_of_whoever_was_forgotten_is_told_of_in_words(
    session, sign_in, receipt, vera, clock
):
    staff, path = sign_in("support"), f"/office/receipts/{receipt.number}.pdf"
    staff.get(path)
    begin_write(session)
    destroy_data_key(session, vera.data_key_id, clock.now())
    session.commit()
    for one in (path, f"{path}?version=1"):
        answer = staff.get(one)
        assert answer.status_code == 410
        assert "asked to be forgotten" in answer.text


@pytest.mark.parametrize("role", ["finance", "accountant", "editor"])
def test_who_may_not_know_a_name_gets_no_receipt(sign_in, receipt, role):
    staff = sign_in(role)
    for path in ("", f"/{receipt.number}", f"/{receipt.number}.pdf"):
        assert staff.get(f"/office/receipts{path}").status_code == 403


def test_a_claim_is_looked_at_made_once_and_downloaded(sign_in, claimable):
    staff = sign_in("finance")
    shown = staff.get(f"{CLAIM}?first=2026-11-01&last=2026-11-24").text
    assert "£10.00" in shown
    assert staff.post(CLAIM, **DAYS).status_code == 303
    staff.post(CLAIM, **DAYS)
    shown = staff.get(f"{CLAIM}?first=2026-11-01&last=2026-11-24").text
    paths = re.findall(r'href="(/office/gift-aid/[^"]+\.csv)"', shown)
    assert len(paths) == 1
    assert "Claimed before: 1" in shown
    answer = staff.get(paths[0])
    assert "no-store" in answer.headers["Cache-Control"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:5] == [
        *("Title", "First name or initial", "Last name", "House name or number", "Postcode")
    ]
    assert rows[1:] == [["", "'=Vera", "Reader", "12a", "S19 2BD", "", "", "24/11/26", "10.00"]]


def test_last_month_is_looked_at_first(sign_in, claimable):
    shown = sign_in("finance").get(CLAIM).text
    assert 'value="2026-10-01"' in shown
    assert 'value="2026-10-31"' in shown


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", "2026-11-24"),
        ("x", "2026-11-24"),
        ("2026-11-24", "2026-11-01"),
        ("2026-11-01", "2026-11-25"),
    ],
)
def test_days_that_cannot_be_are_refused(sign_in, claimable, first, last):
    staff = sign_in("finance")
    answer = staff.post(CLAIM, first=first, last=last)
    assert answer.status_code == 422
    assert "problem" in answer.text
    assert staff.get(f"{CLAIM}?first={first}&last={last}").status_code == 200


def test_a_claimed_gift_that_went_back_is_pointed_out(sign_in, claimable, giving, clock):
    staff = sign_in("finance")
    staff.post(CLAIM, **DAYS)
    giving.refund(claimable, 1000, at=clock.now())
    assert "1 gift went back after it was claimed" in staff.get(CLAIM).text


def test_downloading_and_claiming_are_written_to_the_log_without_a_name(sign_in, claimable):
    staff = sign_in("finance")
    with capture_logs() as logs:
        staff.post(CLAIM, **DAYS)
        path = re.search(r'href="(/office/gift-aid/[^"]+\.csv)"', staff.get(CLAIM).text)[1]
        staff.get(path)
    assert [one["event"] for one in logs] == ["gift aid claimed", "gift aid schedule downloaded"]
    assert "Vera" not in str(logs)


@pytest.mark.parametrize("role", ["support", "accountant", "editor"])
def test_who_does_not_claim_sees_no_names(sign_in, claimable, role):
    staff = sign_in(role)
    assert staff.get(CLAIM).status_code == 403
    assert staff.get(f"{CLAIM}/abc.csv").status_code == 403


def test_where_no_uk_charity_is_there_is_no_gift_aid(sign_in, receipt):
    staff = sign_in("finance")
    assert staff.get(CLAIM).status_code == 404
    assert staff.post(CLAIM, **DAYS).status_code == 404
    assert staff.get(f"{CLAIM}/abc.csv").status_code == 404
