"""Promos in the office: made, opened, closed, and what is wrong said at its field."""

import re

import pytest
from tests_support.tiers import make_promo, make_tier

from donations.tiers.promos import promo_named, promos

FORM = {
    "code": "spring",
    "frequency": "monthly",
    "currency": "usd",
    "first": "1",
    "payments": "3",
    "then": "15",
    "tier": "",
    "from_on": "2026-11-24",
    "until_on": "2026-12-24",
    "most_uses": "100",
}


def test_a_promo_is_made_opened_and_closed_and_its_terms_are_told(sign_in, session):
    make_tier(session, "friend", {"monthly": 1500})
    staff = sign_in("editor")
    assert "No promo yet" in staff.get("/office/promos").text
    assert staff.post("/office/promos", **{**FORM, "tier": "friend"}).status_code == 303
    session.rollback()
    promo = promo_named(session, "spring")
    assert (promo.first_amount_minor, promo.payments, promo.then_amount_minor) == (100, 3, 1500)
    assert (promo.most_uses, promo.made_by) == (100, "editor")
    assert promo.from_at.isoformat() == "2026-11-23T23:00:00+00:00"
    assert promo.until_at.isoformat() == "2026-12-24T23:00:00+00:00"
    page = staff.get("/office/promos").text
    assert "$1.00 a month for 3 months, then $15.00 a month" in page
    assert "http://localhost/support?promo=spring" in page
    for to in ("open", "closed", "open"):
        assert staff.post("/office/promos/spring/state", to=to).status_code == 303
    session.expire_all()
    session.rollback()
    assert promo_named(session, "spring").state == "open"


def test_what_may_be_left_out_is(sign_in, session):
    made = sign_in("editor").post("/office/promos", **{**FORM, "until_on": "", "most_uses": ""})
    assert made.status_code == 303
    session.rollback()
    promo = promo_named(session, "spring")
    assert (promo.until_at, promo.most_uses, promo.tier_id) == (None, None, None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "Spring"}, "code"),
        ({"frequency": "once"}, "frequency"),
        ({"currency": "zzz"}, "currency"),
        ({"first": "0.49"}, "first"),
        ({"first": "x"}, "first"),
        ({"payments": "13"}, "payments"),
        ({"payments": ""}, "payments"),
        ({"then": "1"}, "then"),
        ({"then": "1000.01"}, "then"),
        ({"tier": "nobody"}, "tier"),
        ({"from_on": ""}, "from_on"),
        ({"until_on": "2026-11-23"}, "until_on"),
        ({"most_uses": "0"}, "most_uses"),
    ],
)
def test_what_cannot_be_promised_is_explained_at_its_field(sign_in, session, typed, field):
    answer = sign_in("editor").post("/office/promos", **{**FORM, **typed})
    assert answer.status_code == 422
    assert re.search(rf'id="promo-{field}-wrong">[^<]+<', answer.text)
    session.rollback()
    assert promos(session) == []


def test_a_move_that_is_none_changes_nothing(sign_in, session):
    make_promo(session)
    staff = sign_in("editor")
    assert staff.post("/office/promos/spring/state", to="open").status_code == 303
    assert staff.post("/office/promos/spring/state", to="ajar").status_code == 422
    session.rollback()
    assert promo_named(session, "spring").state == "open"


@pytest.mark.parametrize(
    ("role", "sees", "makes"),
    [("editor", 200, 303), ("finance", 200, 403), ("accountant", 200, 403), ("support", 403, 403)],
)
def test_each_does_what_is_theirs(sign_in, role, sees, makes):
    staff = sign_in(role)
    assert staff.get("/office/promos").status_code == sees
    assert staff.post("/office/promos", **FORM).status_code == makes
