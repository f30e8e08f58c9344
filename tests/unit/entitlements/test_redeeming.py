from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests_support import gifting
from tests_support.members import join

from donations.entitlements.gift_words import token_of
from donations.entitlements.models import Entitlement
from donations.entitlements.redeeming import find_gift_membership, redeem
from donations.kernel.errors import NotAllowed, NotFound
from donations.supporters.directory import find_by_email
from donations.supporters.models import Supporter


@pytest.fixture
def token(session, master, clock):
    return token_of(master, gifting.buy(session, master, clock.now()))


def use(session, master, token, now, email=gifting.BORIS):
    return redeem(session, master, token, email, language="ru", now=now)


def test_redeeming_gives_a_year_from_now_to_the_mailbox_that_was_typed(
    session, master, clock, token
):
    clock.advance(timedelta(days=100))
    given = use(session, master, token, clock.now(), "other@reader.example")
    assert (given.origin, given.state) == ("gift", "active")
    assert (given.starts_at, given.ends_at) == (clock.now(), clock.now().replace(year=2028))
    owner = find_by_email(session, master, "other@reader.example")
    assert (given.supporter_id, owner.language) == (owner.id, "ru")
    [gift] = gifting.gifts(session)
    assert (gift.state, gift.redeemed_by_id, gift.redeemed_at) == (
        "redeemed",
        owner.id,
        clock.now(),
    )
    assert find_by_email(session, master, gifting.BORIS) is None


def test_a_known_supporter_is_found_and_stays_a_member_beside_it(session, master, clock, token):
    member = join(session, master, clock.now(), email=gifting.BORIS)
    given = use(session, master, token, clock.now(), gifting.BORIS.upper())
    assert given.supporter_id == member.supporter_id
    assert member.state == "active"


def test_looking_changes_nothing(session, master, clock, token):
    for _ in range(3):
        assert find_gift_membership(session, token, now=clock.now()).state == "paid"
    assert session.scalars(select(Entitlement)).all() == []


def test_it_works_once(session, master, clock, token):
    use(session, master, token, clock.now())
    with pytest.raises(NotAllowed, match="redeemed"):
        use(session, master, token, clock.now(), "thief@reader.example")
    with pytest.raises(NotAllowed, match="redeemed"):
        find_gift_membership(session, token, now=clock.now() + timedelta(days=800))
    assert len(session.scalars(select(Entitlement)).all()) == 1


def test_it_works_on_its_last_day_and_not_after(session, master, clock, token):
    [gift] = gifting.gifts(session)
    with pytest.raises(NotAllowed, match="over"):
        use(session, master, token, gift.redeem_until)
    session.rollback()
    assert use(session, master, token, gift.redeem_until - timedelta(seconds=1)).state == "active"


def test_an_altered_link_is_no_link(session, master, clock, token):
    for altered in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[1:], "", "x" * 5000):
        with pytest.raises(NotFound):
            use(session, master, altered, clock.now())
    assert gifting.gifts(session)[0].state == "paid"


def test_what_nobody_paid_for_cannot_be_redeemed(session, master, clock):
    gift = gifting.order(session, master, clock.now())
    token = token_of(master, gift)
    with pytest.raises(NotFound):
        use(session, master, token, clock.now())


def test_the_same_link_pressed_at_the_same_moment_gives_one_year(
    session, engine, master, clock, token
):
    session.rollback()
    start, results = threading.Barrier(4), []

    def press(number):
        with Session(engine) as mine:
            start.wait()
            try:
                use(mine, master, token, clock.now(), f"reader{number}@reader.example")
                results.append("given")
            except NotAllowed as error:
                results.append(error.reason)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["given", "redeemed", "redeemed", "redeemed"]
    session.rollback()
    assert len(session.scalars(select(Entitlement)).all()) == 1
    redeemers = session.scalars(select(Supporter.id).where(Supporter.language == "ru")).all()
    assert len(redeemers) == 1
