import re

import pytest
from sqlalchemy import select

from donations.adoption.models import ToldApart
from donations.dossiers.erasing import ask_erasure
from donations.dossiers.merge_models import Merge
from donations.supporters.directory import find_by_email, recognise
from donations.supporters.models import Supporter

FIRST, SECOND = "vera@reader.example", "v.era@reader.example"


@pytest.fixture
def two(session, master, clock):
    numbers = []
    for email, name in ((FIRST, "Vera Reader"), (SECOND, "V. Reader")):
        known = {"email": email, "name": name, "customer": None}
        found = recognise(session, master, **known, language="en", now=clock.now())
        numbers.append(found.public_id)
    session.commit()
    return numbers


@pytest.fixture
def staff(sign_in):
    return sign_in("support")


def test_who_may_be_one_is_listed_by_number_and_without_a_name(staff, two):
    shown = staff.get("/office/duplicates").text
    assert "The same mailbox but for dots or a plus" in shown
    assert all(number in shown for number in two)
    assert "Vera" not in shown
    assert "reader.example" not in shown


def test_nobody_looks_like_anybody_where_there_is_nobody(staff):
    assert "Nobody looks like somebody else." in staff.get("/office/duplicates").text


def test_a_pair_is_opened_side_by_side_and_the_log_says_by_whom(staff, two, capsys):
    shown = staff.get(f"/office/duplicates/{two[0]}/{two[1]}").text
    assert FIRST in shown
    assert SECOND in shown
    assert "identities compared" in capsys.readouterr().out


def test_two_numbers_typed_lead_to_their_pair(staff, two):
    answer = staff.post("/office/duplicates", one=two[0].upper(), other=two[1])
    assert answer.location.endswith(f"/office/duplicates/{two[0]}/{two[1]}")
    assert staff.post("/office/duplicates", one=two[0], other=two[0]).status_code == 422
    assert staff.get(f"/office/duplicates/{two[0]}/nobody").status_code == 404
    assert staff.get(f"/office/duplicates/{two[0]}/{two[0]}").status_code == 404


@pytest.mark.parametrize("kept", [0, 1])
def test_joining_keeps_the_one_that_was_chosen_and_finds_them_by_both(
    staff, two, session, master, kept
):
    path = f"/office/duplicates/{two[0]}/{two[1]}"
    answer = staff.post(f"{path}/merge", keep=two[kept], sure="yes")
    assert answer.location.endswith(f"/office/supporters/{two[kept]}")
    session.rollback()
    [supporter] = session.scalars(select(Supporter)).all()
    assert supporter.public_id == two[kept]
    assert {find_by_email(session, master, email).id for email in (FIRST, SECOND)} == {supporter.id}
    assert [(row.by, row.gone) for row in session.scalars(select(Merge))] == [
        ("support", two[1 - kept])
    ]
    assert staff.get(f"/office/supporters/{two[1 - kept]}").status_code == 200
    assert staff.get(path).status_code == 404


@pytest.mark.parametrize(
    "fields", [{}, {"sure": "yes"}, {"keep": "FIRST"}, {"keep": "x", "sure": "yes"}]
)
def test_nothing_is_joined_without_a_choice_and_a_tick(staff, two, session, fields):
    told = {name: two[0] if value == "FIRST" else value for name, value in fields.items()}
    answer = staff.post(f"/office/duplicates/{two[0]}/{two[1]}/merge", **told)
    assert answer.status_code == 422
    assert "tick the box" in answer.text
    assert len(session.scalars(select(Supporter)).all()) == 2


def test_looking_joins_nobody(staff, two):
    path = f"/office/duplicates/{two[0]}/{two[1]}/merge"
    assert staff.get(path).status_code == 405


def test_who_asked_to_be_forgotten_is_joined_with_nobody(staff, two, session, master, clock):
    ask_erasure(session, find_by_email(session, master, FIRST).id, by="office", now=clock.now())
    answer = staff.post(f"/office/duplicates/{two[0]}/{two[1]}/merge", keep=two[1], sure="yes")
    assert answer.status_code == 422
    assert "asked to be" in answer.text


def test_two_people_are_not_suggested_again(staff, two, session):
    assert staff.post(f"/office/duplicates/{two[1]}/{two[0]}/apart").status_code == 303
    assert two[0] not in staff.get("/office/duplicates").text
    assert len(session.scalars(select(ToldApart)).all()) == 1


@pytest.mark.parametrize("role", ["finance", "accountant", "editor"])
def test_only_who_answers_letters_sees_any_of_it(sign_in, two, role):
    staff = sign_in(role)
    for path in ("/office/duplicates", f"/office/duplicates/{two[0]}/{two[1]}"):
        assert staff.get(path).status_code == 403


def test_the_kept_one_is_proposed(staff, two):
    shown = staff.get(f"/office/duplicates/{two[0]}/{two[1]}").text
    assert re.search(rf'value="{two[0]}" checked', shown)
