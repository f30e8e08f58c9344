from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from tests_support import gifting
from tests_support.groups import group

from donations.entitlements.dossier import forget_gifts, told_of_gifts
from donations.entitlements.gift_words import token_of
from donations.entitlements.group_models import GroupSeat, MembershipGroup
from donations.entitlements.inviting import accept, invite
from donations.entitlements.inviting import token_of as seat_token
from donations.entitlements.models import Entitlement
from donations.entitlements.redeeming import redeem
from donations.supporters.aliases import mailboxes
from donations.supporters.directory import find_by_email


def told(session, master, email):
    person = find_by_email(session, master, email)
    return told_of_gifts(session, master, person.id, mailboxes(session, person))


def forget(session, master, email, now):
    person = find_by_email(session, master, email)
    forget_gifts(session, person.id, mailboxes(session, person), now=now)
    session.commit()


@pytest.fixture
def given(session, master, clock):
    gift = gifting.buy(session, master, clock.now())
    redeem(session, master, token_of(master, gift), gifting.BORIS, language="en", now=clock.now())
    return gift


def test_each_is_told_of_what_is_theirs(session, master, given):
    bought = told(session, master, gifting.VERA)
    assert [one["recipient"] for one in bought["gift_memberships_bought"]] == [gifting.BORIS]
    assert bought["gift_memberships_received"] == []
    got = told(session, master, gifting.BORIS)
    assert [one["state"] for one in got["gift_memberships_received"]] == ["redeemed"]
    assert got["gift_memberships_bought"] == []
    text = json.dumps(got)
    assert gifting.VERA not in text and "birthday" not in text


def test_the_forgotten_recipient_leaves_no_trace_and_their_year_ends(session, master, clock, given):
    forget(session, master, gifting.BORIS, clock.now())
    [gift] = gifting.gifts(session)
    assert gift.state == "ended"
    assert gift.recipient_sealed is gift.email_index is gift.message_sealed is None
    one = session.scalars(select(Entitlement)).one()
    assert (one.state, one.ended_because) == ("ended", "forgotten")


def test_a_forgotten_buyer_takes_their_words_back_and_not_the_gift(session, master, clock):
    gifting.buy(session, master, clock.now())
    forget(session, master, gifting.VERA, clock.now())
    [gift] = gifting.gifts(session)
    assert gift.message_sealed is None
    assert gift.state == "paid" and gift.recipient_sealed is not None


def test_a_forgotten_member_of_a_group_frees_the_seat(session, master, clock):
    held = group(session, master, clock.now(), seats=3)
    seat = invite(
        session, master, held.membership_id, gifting.BORIS, language="en", now=clock.now()
    )
    accept(session, master, seat_token(master, seat), now=clock.now())
    assert [one["state"] for one in told(session, master, gifting.BORIS)["seats"]] == ["taken"]
    forget(session, master, gifting.BORIS, clock.now())
    seat = session.scalars(select(GroupSeat)).one()
    assert seat.state == "ended"
    assert seat.email_sealed is seat.email_index is seat.token_sealed is None
    assert session.scalars(select(Entitlement)).one().state == "ended"


def test_a_forgotten_holder_ends_the_group_and_the_addresses_they_typed(session, master, clock):
    held = group(session, master, clock.now(), seats=3)
    for email in (gifting.BORIS, "anna@reader.example"):
        invite(session, master, held.membership_id, email, language="en", now=clock.now())
    assert told(session, master, gifting.VERA)["groups"][0]["seats"] == 3
    forget(session, master, gifting.VERA, clock.now())
    assert session.scalars(select(MembershipGroup)).one().ended_at == clock.now()
    seats = session.scalars(select(GroupSeat)).all()
    assert {seat.state for seat in seats} == {"withdrawn"}
    assert all(seat.email_sealed is None for seat in seats)
