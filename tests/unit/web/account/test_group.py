"""The page of a group: for its holder, for whoever has a seat, and for nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support import groups
from tests_support.members import join

from donations.entitlements.group_models import GroupSeat, MembershipGroup
from donations.entitlements.inviting import accept, token_of
from donations.entitlements.seats import choose_seats
from donations.giving.models import Membership
from donations.self_service.models import MembershipOrder
from donations.supporters.directory import find_by_email
from donations.web.account import group as _pages  # noqa: F401 - registers them

BORIS = "boris@reader.example"
PATH = "/account/group"


@pytest.fixture
def holder(session, master, clock):
    """A member whose tier costs $10 a month, with a payment of it."""
    row = groups.member(session, master, clock.now())
    groups.pay(session, row, clock.now())
    clock.advance(timedelta(minutes=1))
    return row.public_id


@pytest.fixture
def visit(signed_in, session, holder):
    found = session.scalars(select(Membership).where(Membership.public_id == holder)).one()
    return signed_in(found.supporter_id)


@pytest.fixture
def member():
    """The holder is the only member here."""


def rows(session, model):
    session.rollback()
    session.expire_all()
    return session.scalars(select(model).order_by(model.id)).all()


def choose(visit, holder, seats):
    return visit.post("/account/group/seats", at=PATH, membership=holder, seats=str(seats))


def invite(visit, holder, email=BORIS):
    return visit.post("/account/group/invite", at=PATH, membership=holder, email=email)


def seats_of(session, holder, clock, seats, *, paid=True):
    """Make it a group and let its seats be paid."""
    number = rows(session, Membership)[0].id
    choose_seats(session, number, seats, now=clock.now())
    clock.advance(timedelta(minutes=1))
    if paid:
        groups.pay(session, session.get_one(Membership, number), clock.now(), 1000 * seats)
    clock.advance(timedelta(minutes=1))


def test_the_page_offers_every_number_of_seats_with_its_price(visit):
    page = visit.get(PATH).text
    assert "2 seats: $20 monthly" in page and "50 seats: $500 monthly" in page
    assert "51 seats" not in page and ">1 seat:" not in page
    assert "Nothing is taken today" in page


def test_choosing_seats_notes_them_and_asks_for_the_amount(visit, holder, session):
    assert choose(visit, holder, 3).status_code == 303
    [group], [order] = rows(session, MembershipGroup), rows(session, MembershipOrder)
    assert (group.seats, order.action, order.arguments["amount_minor"]) == (3, "amount", 3000)
    page = visit.get(PATH).text
    assert "1 seat is paid for" in page
    assert "You asked for 3. They count from the next payment, on December 24, 2026." in page
    assert "being carried out" in page


def test_who_pays_enough_already_asks_for_no_other_amount(
    signed_in, session, master, clock, holder
):
    other = groups.member(
        session, master, clock.now(), "generousgene", minor=4000, email="gene@reader.example"
    )
    name, supporter, number = other.public_id, other.supporter_id, other.id
    groups.pay(session, other, clock.now())
    visit = signed_in(supporter)
    assert choose(visit, name, 3).status_code == 303
    assert rows(session, MembershipOrder) == []
    assert "3 seats are paid for" in visit.get(PATH).text
    assert rows(session, MembershipGroup)[0].membership_id == number


@pytest.mark.parametrize("seats", ["1", "0", "51", "-2", "many", ""])
def test_another_number_is_refused_at_its_field(visit, holder, session, seats):
    answer = choose(visit, holder, seats)
    assert answer.status_code == 422
    assert "Choose one of the numbers in the list." in answer.text
    assert 'href="#seats-1"' in answer.text
    assert rows(session, MembershipGroup) == rows(session, MembershipOrder) == []


def test_while_a_change_is_carried_out_no_other_is_asked_for(visit, holder, session):
    choose(visit, holder, 3)
    assert choose(visit, holder, 5).status_code == 409
    assert rows(session, MembershipGroup)[0].seats == 3
    assert len(rows(session, MembershipOrder)) == 1


def test_a_membership_that_ended_is_no_group(visit, holder, session):
    rows(session, Membership)[0].state = "ended"
    session.commit()
    assert "can become a group" in visit.get(PATH).text
    assert "Make it a group" not in visit.get(PATH).text


def test_nobody_changes_a_membership_of_another(signed_in, session, master, clock, holder):
    stranger = join(session, master, clock.now(), "strangerstra", email="s@reader.example")
    visit = signed_in(stranger.supporter_id)
    for path in ("/account/group/seats", "/account/group/invite"):
        answer = visit.post(path, at="/account/letters", membership=holder, seats="3", email=BORIS)
        assert answer.status_code == 404
    assert rows(session, MembershipGroup) == []


def test_a_form_without_the_sessions_token_does_nothing(visit, holder, session):
    answer = visit.client.post("/account/group/seats", data={"membership": holder, "seats": "3"})
    assert answer.status_code == 400
    assert rows(session, MembershipGroup) == []


def test_the_holder_invites_sees_whom_and_takes_it_back(visit, holder, session, clock):
    seats_of(session, holder, clock, 3)
    assert "2 seats are free" in visit.get(PATH).text
    assert invite(visit, holder).status_code == 303
    page = visit.get(PATH).text
    assert f"{BORIS}: invited, good until December 24, 2026" in page
    assert "1 seat is free" in page
    [seat] = rows(session, GroupSeat)
    assert seat.language == "en"
    path = f"/account/group/seats/{seat.public_id}/take-back"
    assert visit.post(path, at=PATH, membership=holder).status_code == 303
    assert BORIS not in visit.get(PATH).text


@pytest.mark.parametrize(
    ("email", "status", "message"),
    [
        ("vera@reader.example", 409, "That is your own address"),
        ("no address", 422, "no spaces"),
        ("", 422, "Enter your e-mail address."),
    ],
)
def test_who_cannot_be_invited_is_told_at_the_field(
    visit, holder, session, clock, email, status, message
):
    seats_of(session, holder, clock, 3)
    answer = invite(visit, holder, email)
    assert answer.status_code == status
    assert message in answer.text and 'href="#email-1"' in answer.text
    assert rows(session, GroupSeat) == []


def test_when_every_paid_seat_is_given_out_there_is_no_field_and_no_way_round_it(
    visit, holder, session, clock
):
    seats_of(session, holder, clock, 2)
    invite(visit, holder)
    assert 'name="email"' not in visit.get(PATH).text
    answer = invite(visit, holder, "clara@reader.example")
    assert answer.status_code == 409
    assert "Every seat that is paid for is given out." in answer.text


def test_seats_not_paid_yet_cannot_be_given(visit, holder, session, clock):
    seats_of(session, holder, clock, 3, paid=False)
    assert invite(visit, holder).status_code == 409


def test_whoever_has_a_seat_sees_only_a_group_and_can_give_it_up(
    signed_in, visit, holder, session, master, clock
):
    seats_of(session, holder, clock, 2)
    invite(visit, holder)
    accept(session, master, token_of(master, rows(session, GroupSeat)[0]), now=clock.now())
    boris = signed_in(find_by_email(session, master, BORIS).id)
    page = boris.get(PATH).text
    assert "Friend, since" in page and "A group pays for it." in page
    assert "vera" not in page.lower() and holder not in page
    path = f"/account/group/seats/{rows(session, GroupSeat)[0].public_id}/leave"
    assert boris.post(path, at=PATH).status_code == 303
    assert rows(session, GroupSeat)[0].state == "released"
    assert boris.post(path, at=PATH).status_code in {400, 404}  # no form is left to send
    assert "Friend, since" not in boris.get(PATH).text


def test_the_holder_cannot_leave_somebody_elses_seat_by_the_members_way(
    visit, holder, session, master, clock
):
    seats_of(session, holder, clock, 2)
    invite(visit, holder)
    accept(session, master, token_of(master, rows(session, GroupSeat)[0]), now=clock.now())
    path = f"/account/group/seats/{rows(session, GroupSeat)[0].public_id}/leave"
    assert visit.post(path, at=PATH).status_code == 404
    assert rows(session, GroupSeat)[0].state == "taken"


def test_the_page_is_closed_to_strangers(client):
    assert client.get(PATH).status_code == 303
