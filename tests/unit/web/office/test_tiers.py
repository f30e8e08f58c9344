"""Tiers in the office: written by editors, valued by finance, read by both."""

import re

import pytest
from tests_support.tiers import READER, Member, make_tier

from donations.tiers.deciding import worths
from donations.tiers.editing import tier_named

SHEET = {
    "name_en": "Reader",
    "line_en": "For a coffee",
    "benefits_en": "A letter\nA talk",
    "price_monthly_usd": "5",
    "price_annual_usd": "50.00",
    "position": "1",
}
WORTH = {
    "frequency": "monthly",
    "currency": "usd",
    "kind": "gift",
    "value": "1.50",
    "from_on": "2026-11-25",
}


def tier(session, code="reader"):
    session.rollback()
    session.expire_all()
    return tier_named(session, code)


def test_a_tier_is_begun_written_offered_and_retired(sign_in, session):
    staff = sign_in("editor")
    assert "No tier yet" in staff.get("/office/tiers").text
    assert staff.post("/office/tiers", code="reader").location == "/office/tiers/reader"
    assert staff.post("/office/tiers/reader", **SHEET).status_code == 303
    found = tier(session)
    assert {(one.frequency, one.currency): one.amount_minor for one in found.prices} == {
        ("monthly", "usd"): 500,
        ("annual", "usd"): 5000,
    }
    assert [(one.language, one.name, one.benefits) for one in found.words] == [
        ("en", "Reader", "A letter\nA talk")
    ]
    assert staff.post("/office/tiers/reader/state", to="offered").status_code == 303
    assert "Offered" in staff.get("/office/tiers").text
    assert staff.post("/office/tiers/reader/state", to="retired").status_code == 303
    assert tier(session).state == "retired"


def test_the_page_shows_what_was_typed_before_and_how_many_have_it(sign_in, session, master):
    make_tier(session)
    Member(session, master)
    page = sign_in("editor").get("/office/tiers/reader").text
    assert re.search(r'id="tier-price_monthly_usd"[^>]*value="5.00"', page)
    assert re.search(r"<dt>Members</dt><dd>1</dd>", page)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"price_monthly_usd": "x"}, "price_monthly_usd"),
        ({"price_monthly_usd": "1.99"}, "price_monthly_usd"),
        ({"price_monthly_usd": "1000.01"}, "price_monthly_usd"),
        ({"name_en": ""}, "name_en"),
        ({"name_en": "x" * 81}, "name_en"),
        ({"benefits_en": "a\n" * 13}, "benefits_en"),
        ({"position": "0"}, "position"),
        ({"position": "first"}, "position"),
    ],
)
def test_what_cannot_be_is_explained_at_its_field_and_kept(sign_in, session, typed, field):
    make_tier(session, offer=False)
    answer = sign_in("editor").post("/office/tiers/reader", **{**SHEET, **typed})
    assert answer.status_code == 422
    assert re.search(rf'id="tier-{field}-wrong">[^<]+<', answer.text)
    assert "For a coffee" in answer.text
    assert tier(session).words[0].line == "The reader line"


def test_a_tier_that_is_not_ready_is_not_offered_and_the_page_says_why(sign_in, session):
    staff = sign_in("editor")
    staff.post("/office/tiers", code="reader")
    answer = staff.post("/office/tiers/reader/state", to="offered")
    assert answer.status_code == 422
    assert "needs a name" in answer.text
    assert tier(session).state == "draft"


def test_a_lower_tier_that_costs_more_is_refused_in_words(sign_in, session):
    make_tier(session)
    make_tier(session, "friend", {"monthly": 400}, 2, offer=False)
    answer = sign_in("editor").post("/office/tiers/friend/state", to="offered")
    assert answer.status_code == 422
    assert "compare “reader”" in answer.text


@pytest.mark.parametrize("code", ["", "A B", "reader"])
def test_a_code_that_cannot_be_is_refused(sign_in, session, code):
    make_tier(session)
    answer = sign_in("editor").post("/office/tiers", code=code)
    assert answer.status_code == 422
    assert 'id="code-code-wrong"' in answer.text


def test_what_no_longer_is_possible_leads_back_to_the_page(sign_in, session):
    make_tier(session)
    staff = sign_in("editor")
    assert staff.post("/office/tiers/reader/state", to="offered").status_code == 303
    assert staff.post("/office/tiers/reader/state", to="anything").status_code == 422


def test_finance_decides_a_gift_s_value_and_a_membership(sign_in, session):
    made = make_tier(session).id
    staff = sign_in("finance")
    assert staff.post("/office/tiers/reader/worth", **WORTH).status_code == 303
    later = {**WORTH, "kind": "membership", "value": "", "from_on": "2027-01-01"}
    assert staff.post("/office/tiers/reader/worth", **later).status_code == 303
    session.rollback()
    assert [(one.kind, one.amount_minor, one.set_by) for one in worths(session, made)] == [
        ("membership", 0, "finance"),
        ("gift", 150, "finance"),
    ]
    page = staff.get("/office/tiers/reader").text
    assert page.count("To come") == 2
    assert "all of it" in page
    assert "$1.50" in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"from_on": "2026-11-24"}, "from_on"),
        ({"from_on": ""}, "from_on"),
        ({"value": ""}, "value"),
        ({"value": "-1"}, "value"),
        ({"kind": "sale"}, "kind"),
        ({"frequency": "once"}, "frequency"),
        ({"currency": "zzz"}, "currency"),
    ],
)
def test_what_cannot_be_decided_is_explained_at_its_field(sign_in, session, typed, field):
    made = make_tier(session).id
    answer = sign_in("finance").post("/office/tiers/reader/worth", **{**WORTH, **typed})
    assert answer.status_code == 422
    assert re.search(rf'id="worth-{field}-wrong">[^<]+<', answer.text)
    session.rollback()
    assert worths(session, made) == []


@pytest.mark.parametrize(
    ("role", "sees", "writes", "decides"),
    [
        ("editor", 200, 303, 403),
        ("finance", 200, 403, 303),
        ("accountant", 200, 403, 403),
        ("support", 403, 403, 403),
        ("admin", 200, 303, 303),
    ],
)
def test_each_does_what_is_theirs(sign_in, session, role, sees, writes, decides):
    make_tier(session, prices=READER)
    staff = sign_in(role)
    assert staff.get("/office/tiers").status_code == sees
    assert staff.get("/office/tiers/reader").status_code == sees
    assert staff.post("/office/tiers/reader", **SHEET).status_code == writes
    assert staff.post("/office/tiers/reader/worth", **WORTH).status_code == decides
