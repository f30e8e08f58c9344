"""Funds in the office."""

import re
from datetime import UTC, datetime

import pytest

from donations.giving.funds import fund_named
from donations.kernel.database import writing
from donations.kernel.money import Money
from donations.ledger.books import book
from donations.ledger.chart import Account, Kind
from donations.ledger.drafts import Draft, Line
from donations.ledger.releases import holdings

FUND = {"code": "deep", "name": "Deep <reporting>", "restricted": "y"}


@pytest.fixture
def staff(sign_in):
    return sign_in("finance")


@pytest.fixture
def fund(staff, session):
    """A restricted fund that was given 100 dollars."""
    staff.post("/office/funds", **FUND)
    draft = Draft(
        source="offline:x",
        kind=Kind.GIFT,
        charged=Money(10000, "usd"),
        occurred_at=datetime(2026, 11, 10, 12, tzinfo=UTC),
        lines=(
            Line(Account.UNDEPOSITED, "usd", 10000),
            Line(Account.INCOME, "usd", -10000, "deep"),
        ),
    )
    with writing(session):
        book(session, draft, now=datetime(2026, 11, 10, 12, tzinfo=UTC))
    return "/office/funds/deep"


def released(session):
    session.rollback()
    return -holdings(session)["deep"][0].released.minor


def test_a_fund_is_opened_renamed_and_closed(staff, session):
    answer = staff.post("/office/funds", **FUND)
    assert answer.location == "/office/funds/deep"
    page = staff.get("/office/funds/deep").text
    assert "Deep &lt;reporting&gt;" in page
    assert 'href="http://localhost/support?fund=deep"' in page
    staff.post("/office/funds/deep/name", name="Deeper")
    assert "Deeper" in staff.get("/office/funds").text
    assert staff.post("/office/funds/deep/name", name=" ").status_code == 422
    staff.post("/office/funds/deep/close")
    session.rollback()
    assert fund_named(session, "deep").closed_on is not None
    assert "/support?fund=deep" not in staff.get("/office/funds/deep").text


def test_a_wrong_code_is_explained_and_the_form_is_kept(staff):
    answer = staff.post("/office/funds", **{**FUND, "code": "Deep!"})
    assert answer.status_code == 422
    assert "small Latin letters" in re.search(r'id="fund-code-wrong">([^<]*)<', answer.text)[1]
    assert 'value="Deep!"' in answer.text
    assert 'value="Deep &lt;reporting&gt;"' in answer.text
    assert 'name="restricted" value="y" checked' in answer.text
    staff.post("/office/funds", **FUND)
    assert "already" in staff.post("/office/funds", **FUND).text


def test_a_release_counts_once_however_often_its_form_is_sent(staff, session, fund):
    page = staff.get(fund).text
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)[1]
    form = {
        "amount": "40",
        "currency": "usd",
        "posted_on": "2026-11-24",
        "memo": "Travel",
        "nonce": nonce,
    }
    for _ in range(2):
        assert staff.post(f"{fund}/release", **form).status_code == 303
    assert released(session) == 4000
    page = staff.get(fund).text
    assert "Travel (finance)" in page
    assert "$60.00" in page
    again = re.search(r'name="nonce" value="([^"]+)"', page)[1]
    assert again != nonce
    answer = staff.post(f"{fund}/release", **{**form, "amount": "60.01", "nonce": again})
    assert answer.status_code == 422
    assert "no more than $60.00" in answer.text
    assert 'value="60.01"' in answer.text
    assert f'value="{again}"' in answer.text


def test_a_release_is_taken_back(staff, session, fund):
    form = {"amount": "40", "currency": "usd", "posted_on": "2026-11-24", "memo": "Travel"}
    staff.post(f"{fund}/release", **form, nonce="n")
    number = re.search(r'<option value="(\d+)">', staff.get(fund).text)[1]
    assert staff.post(f"{fund}/take-back", number="x", memo="Twice").status_code == 422
    assert staff.post(f"{fund}/take-back", number=number, memo="").status_code == 422
    assert staff.post(f"{fund}/take-back", number="9" * 30, memo="Twice").status_code in {404, 422}
    assert staff.post(f"{fund}/take-back", number=number, memo="Twice").status_code == 303
    assert released(session) == 0
    assert "Taken back" in staff.get(fund).text


def test_only_a_restricted_fund_is_released(staff, session):
    staff.post("/office/funds", code="open", name="Open")
    form = {"amount": "1", "currency": "usd", "posted_on": "2026-11-24", "memo": "x", "nonce": "n"}
    answer = staff.post("/office/funds/open/release", **form)
    assert answer.status_code == 422
    assert "Only a restricted fund" in answer.text


def test_an_accountant_reads_and_changes_nothing(fund, sign_in):
    accountant = sign_in("accountant")
    page = accountant.get(fund).text
    assert "$100.00" in page
    assert 'name="memo"' not in page
    assert accountant.post(f"{fund}/close").status_code == 403
    assert accountant.get("/office/funds/nobody").status_code == 404
