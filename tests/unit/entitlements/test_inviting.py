from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests_support import gifting, groups

from donations.entitlements.group_models import GroupSeat
from donations.entitlements.inviting import (
    accept,
    email_of,
    find_invitation,
    invite,
    leave,
    take_back,
    token_of,
)
from donations.entitlements.models import Entitlement
from donations.entitlements.seats import choose_seats
from donations.jobs.models import Job
from donations.kernel.errors import NotAllowed, NotFound
from donations.mailer.suppressing import suppress
from donations.supporters.directory import find_by_email

ANNA = "anna@reader.example"


@pytest.fixture
def held(session, master, clock):
    """A group of three: two seats beside the holder's."""
    return groups.group(session, master, clock.now(), seats=3).membership_id


@pytest.fixture
def ask(session, master, clock, held):
    def one(email=ANNA, **more):
        return invite(
            session, master, held, email, **{"language": "en", "now": clock.now(), **more}
        )

    return one


def states(session):
    session.rollback()
    session.expire_all()
    return [row.state for row in session.scalars(select(GroupSeat).order_by(GroupSeat.id))]


def test_an_invitation_is_sealed_promised_and_good_for_thirty_days(session, master, clock, ask):
    seat = ask()
    assert (seat.state, seat.expires_at) == ("invited", clock.now() + timedelta(days=30))
    assert email_of(master, seat) == ANNA
    token = token_of(master, seat)
    assert ANNA.encode() not in seat.email_sealed and token.encode() not in seat.token_sealed
    job = session.scalars(select(Job).where(Job.kind == "seat_invitation")).one()
    assert (job.key, job.arguments) == (f"seat_invitation:{seat.public_id}", {"seat": seat.id})


def test_taking_it_gives_the_groups_tier_to_the_invited_mailbox(session, master, clock, ask):
    seat = ask(language="ru")
    token = token_of(master, seat)
    assert accept(session, master, token, now=clock.now()) == ANNA
    owner = find_by_email(session, master, ANNA)
    given = session.scalars(select(Entitlement).where(Entitlement.origin == "seat")).one()
    assert (given.supporter_id, given.state, given.ends_at) == (owner.id, "active", None)
    assert (given.tier_id, owner.language) == (seat.group.tier_id, "ru")
    assert (seat.state, seat.token_sealed) == ("taken", None)


def test_it_is_taken_once_in_its_time_by_its_own_link(session, master, clock, ask):
    token = token_of(master, ask())
    with pytest.raises(NotFound):
        accept(session, master, token[:-1], now=clock.now())
    with pytest.raises(NotAllowed, match="over"):
        accept(session, master, token, now=clock.now() + timedelta(days=30))
    session.rollback()
    accept(session, master, token, now=clock.now() + timedelta(days=29))
    with pytest.raises(NotAllowed, match="taken"):
        accept(session, master, token, now=clock.now())


def test_looking_changes_nothing(session, master, clock, ask):
    token = token_of(master, ask())
    find_invitation(session, token, now=clock.now())
    assert states(session) == ["invited"]


@pytest.mark.parametrize(
    ("email", "reason"), [(gifting.VERA.upper(), "own"), (ANNA.capitalize(), "already")]
)
def test_neither_the_holder_nor_anybody_twice_is_invited(session, ask, email, reason):
    ask()
    with pytest.raises(NotAllowed, match=reason):
        ask(email)


def test_no_more_are_invited_than_seats_are_paid(session, master, clock, ask):
    ask()
    ask("boris@reader.example")
    with pytest.raises(NotAllowed, match="full"):
        ask("clara@reader.example")


def test_seats_that_are_wanted_and_not_paid_are_given_to_nobody(session, master, clock):
    held = groups.group(session, master, clock.now(), seats=9, paid=1).membership_id
    with pytest.raises(NotAllowed, match="full"):
        invite(session, master, held, ANNA, language="en", now=clock.now())


def test_two_invitations_at_once_for_the_last_seat_are_one(session, engine, master, clock, held):
    invite(session, master, held, ANNA, language="en", now=clock.now())
    session.rollback()
    start, results = threading.Barrier(3), []

    def press(number):
        with Session(engine) as mine:
            start.wait()
            try:
                email = f"reader{number}@reader.example"
                invite(mine, master, held, email, language="en", now=clock.now())
                results.append("invited")
            except NotAllowed as error:
                results.append(error.reason)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["full", "full", "invited"]


def test_the_same_link_pressed_at_the_same_moment_gives_one_seat(
    session, engine, master, clock, ask
):
    token = token_of(master, ask())
    session.rollback()
    start, results = threading.Barrier(3), []

    def press():
        with Session(engine) as mine:
            start.wait()
            try:
                results.append(accept(mine, master, token, now=clock.now()))
            except NotAllowed as error:
                results.append(error.reason)

    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [ANNA, "taken", "taken"]
    session.rollback()
    assert len(session.scalars(select(Entitlement)).all()) == 1


def test_a_mailbox_is_not_invited_again_and_again(session, master, clock, held, ask):
    for _ in range(3):
        take_back(session, held, ask().public_id, now=clock.now())
    with pytest.raises(NotAllowed, match="often"):
        ask()
    clock.advance(timedelta(days=30))
    assert ask().state == "invited"


def test_the_holder_withdraws_an_invitation_and_its_link_opens_nothing(
    session, master, clock, held, ask
):
    seat = ask()
    token, name = token_of(master, seat), seat.public_id
    take_back(session, held, name, now=clock.now())
    assert states(session) == ["withdrawn"]
    with pytest.raises(NotAllowed, match="over"):
        accept(session, master, token, now=clock.now())
    session.rollback()
    with pytest.raises(NotFound):
        take_back(session, held, name, now=clock.now())


@pytest.mark.parametrize("hand", ["holder", "member"])
def test_a_seat_somebody_has_is_given_up_by_either_and_then_free(
    session, master, clock, held, ask, hand
):
    seat = ask()
    accept(session, master, token_of(master, seat), now=clock.now())
    if hand == "holder":
        take_back(session, held, seat.public_id, now=clock.now())
    else:
        leave(session, seat.supporter_id, seat.public_id, now=clock.now())
    assert states(session) == ["released"]
    given = session.scalars(select(Entitlement).where(Entitlement.origin == "seat")).one()
    assert (given.state, given.ended_because) == ("ended", "released")
    for email in ("boris@reader.example", "clara@reader.example"):
        ask(email)


def test_nobody_touches_a_seat_that_is_not_theirs(session, master, clock, held, ask):
    seat = ask()
    accept(session, master, token_of(master, seat), now=clock.now())
    name = seat.public_id
    other = groups.group(
        session, master, clock.now(), seats=2, name="otherothe", email="other@reader.example"
    ).membership_id
    with pytest.raises(NotFound):
        take_back(session, other, name, now=clock.now())
    session.rollback()
    stranger = find_by_email(session, master, "other@reader.example").id
    with pytest.raises(NotFound):
        leave(session, stranger, name, now=clock.now())
    assert states(session) == ["taken"]


def test_an_invitation_to_a_group_that_grew_smaller_meanwhile_is_over(
    session, master, clock, held, ask
):
    seat = ask()
    token = token_of(master, seat)
    clock.advance(timedelta(minutes=1))
    choose_seats(session, held, 1, now=clock.now())
    groups.pay(session, seat.group.membership, clock.now() + timedelta(days=20), groups.PRICE)
    with pytest.raises(NotAllowed, match="over"):
        accept(session, master, token, now=clock.now() + timedelta(days=20))


def test_the_letter_names_nobody_and_carries_the_link(session, master, clock, house, ask, outbox):
    seat = ask(language="ru")
    token, work = token_of(master, seat), gifting.work_of(house)
    assert gifting.run(work, session, "seat_invitation", clock.now()) == 1
    [letter] = outbox.messages
    text = letter.get_body(("plain",)).get_content()
    assert (letter["To"], letter["Content-Language"]) == (ANNA, "ru")
    assert f"/ru/support/seat/{token}" in text
    for name in ("vera", "Vera", "Moscow"):
        assert name not in text


def test_no_letter_goes_where_none_is_wanted_nor_for_a_seat_that_is_gone(
    session, master, clock, house, held, ask, outbox
):
    first, second = ask(), ask("boris@reader.example")
    suppress(session, first.email_index, "wishes", reason="asked", source="reader", now=clock.now())
    session.commit()
    take_back(session, held, second.public_id, now=clock.now())
    gifting.run(gifting.work_of(house), session, "seat_invitation", clock.now())
    assert outbox.messages == []
