"""Comps in the office: granted by address, listed, taken back."""

import re

import pytest
from sqlalchemy import select
from tests_support.tiers import Member, make_tier

from donations.entitlements.comp_models import Comp

FORM = {
    "email": "guest@reader.example",
    "tier": "reader",
    "from_on": "2026-11-24",
    "until_on": "2027-11-24",
    "reason": "winner of the quiz",
}


def comps(session):
    session.rollback()
    session.expire_all()
    return session.scalars(select(Comp)).all()


def test_a_comp_is_granted_listed_and_taken_back(sign_in, session):
    make_tier(session)
    staff = sign_in("support")
    assert "No comp yet" in staff.get("/office/comps").text
    assert staff.post("/office/comps", **FORM).status_code == 303
    page = staff.get("/office/comps").text
    for words in ("guest@reader.example", "Waits for its owner", "winner of the quiz"):
        assert words in page
    [comp] = comps(session)
    assert staff.post(f"/office/comps/{comp.public_id}/revoke").status_code == 303
    page = staff.get("/office/comps").text
    assert "Revoked" in page
    assert "guest@reader.example" not in page
    assert comps(session)[0].revoked_by == "support"
    assert staff.post("/office/comps/nobody/revoke").status_code == 404


def test_a_comp_for_a_supporter_counts_at_once(sign_in, session, master):
    make_tier(session)
    Member(session, master, minor=200, email="guest@reader.example")
    staff = sign_in("support")
    staff.post("/office/comps", **FORM)
    assert re.search(r'<span class="tag settled">Counts</span>', staff.get("/office/comps").text)


def test_while_no_tier_is_offered_there_is_none_to_give(sign_in, session):
    make_tier(session, offer=False)
    staff = sign_in("support")
    assert "No tier is offered" in staff.get("/office/comps").text
    assert staff.post("/office/comps", **FORM).status_code == 422


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": "guest"}, "email"),
        ({"email": ""}, "email"),
        ({"tier": "friend"}, "tier"),
        ({"from_on": ""}, "from_on"),
        ({"until_on": "2026-11-23"}, "until_on"),
        ({"until_on": "2029-11-25"}, "until_on"),
        ({"reason": ""}, "reason"),
        ({"reason": "a@b.example"}, "reason"),
    ],
)
def test_what_cannot_be_given_is_explained_at_its_field(sign_in, session, typed, field):
    make_tier(session)
    answer = sign_in("support").post("/office/comps", **{**FORM, **typed})
    assert answer.status_code == 422
    assert re.search(rf'id="comp-{field}-wrong">[^<]+<', answer.text)
    assert comps(session) == []


@pytest.mark.parametrize("role", ["editor", "finance", "accountant"])
def test_nobody_without_a_right_to_names_sees_them(sign_in, role):
    staff = sign_in(role)
    assert staff.get("/office/comps").status_code == 403
    assert staff.post("/office/comps", **FORM).status_code == 403
