"""What benefits are worth, decided in the office."""

import re

import pytest
from sqlalchemy import select

from donations.giving.fund_models import Benefit

FORM = {"frequency": "monthly", "currency": "usd", "value": "1.50", "from_on": "2026-11-25"}


def decided(session):
    session.rollback()
    return [(one.amount_minor, one.set_by) for one in session.scalars(select(Benefit))]


def test_finance_decides_and_the_page_says_what_it_means(sign_in, session):
    staff = sign_in("finance")
    page = staff.get("/office/benefits").text
    assert "ASC 606" in page
    assert "IFRS 15" in page
    assert staff.post("/office/benefits", **FORM).status_code == 303
    assert decided(session) == [(150, "finance")]
    page = staff.get("/office/benefits").text
    assert "To come" in page
    assert "put off whole" not in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"from_on": "2026-11-24"}, "from_on"),
        ({"from_on": ""}, "from_on"),
        ({"value": "x"}, "value"),
        ({"value": "-1"}, "value"),
        ({"frequency": "once"}, "frequency"),
        ({"currency": "zzz"}, "currency"),
    ],
)
def test_what_cannot_be_decided_is_explained_at_its_field(sign_in, session, typed, field):
    answer = sign_in("finance").post("/office/benefits", **{**FORM, **typed})
    assert answer.status_code == 422
    assert re.search(rf'id="benefit-{field}-wrong">[^<]+<', answer.text)
    assert decided(session) == []


def test_more_than_the_smallest_suggestion_is_taken_with_a_warning(sign_in):
    staff = sign_in("admin")
    assert staff.post("/office/benefits", **{**FORM, "value": "2.01"}).status_code == 303
    assert "More than the smallest suggested amount, $2.00" in staff.get("/office/benefits").text


@pytest.mark.parametrize("role", ["accountant", "editor", "support"])
def test_nobody_else_decides(sign_in, session, role):
    staff = sign_in(role)
    assert staff.post("/office/benefits", **FORM).status_code == 403
    assert staff.get("/office/benefits").status_code == (200 if role == "accountant" else 403)
    assert decided(session) == []
