"""A new card on Stripe's own page is the one renewals use, and pays what is owed at once."""

from __future__ import annotations

import pytest
import requests
from sqlalchemy import select

from donations.giving.models import Gift, Membership
from donations.self_service.actions import Action
from donations.self_service.card import card_page, promise_new_card

pytestmark = pytest.mark.sandbox_only
FAILS_AT_RENEWAL = "4000 0000 0000 0341"


@pytest.fixture
def member(live, reader, session):
    reader.choose("monthly", "1500")
    reader.pay(card=FAILS_AT_RENEWAL)
    live.settle()
    return session.scalars(select(Membership.public_id)).one()


def put_in_a_card(live, session, master, member, number="4242424242424242"):
    session.rollback()
    address = card_page(
        session,
        live.house.gateway,
        master,
        member,
        return_url=f"{live.base_url}/account",
        language="en",
    )
    fields = {"method": "card", "card_number": number, "expiry": "12/34", "cvc": "123"}
    with requests.Session() as http:
        page = http.get(address, timeout=30)
        return http.post(
            page.url, data={**fields, "name": "Vera"}, allow_redirects=False, timeout=30
        )


def standing(session, member):
    session.rollback()
    row = session.scalars(select(Membership).where(Membership.public_id == member)).one()
    return row.state, len(session.scalars(select(Gift)).all())


@pytest.mark.parametrize("comes_back", [True, False])
def test_who_is_behind_pays_with_the_new_card_at_once_whether_or_not_they_come_back(
    live, session, master, member, comes_back
):
    live.stripe.renew()
    live.settle()
    assert standing(session, member) == ("past_due", 1)
    answer = put_in_a_card(live, session, master, member)
    assert answer.status_code in {302, 303}, answer.text
    if comes_back:
        session.rollback()
        promise_new_card(session, member, cause="return", now=live.clock.now())
    live.settle()
    assert standing(session, member) == ("active", 2)
    live.stripe.renew()
    live.settle()
    assert standing(session, member) == ("active", 3)


def test_the_subscriptions_own_card_gives_way_to_the_new_one(live, session, master, member):
    subscription = live.sandbox.world.store.tables["subscription"][live.last("subscription")]
    before = subscription["default_payment_method"]
    assert before is not None
    put_in_a_card(live, session, master, member)
    live.settle()
    assert subscription["default_payment_method"] not in {None, before}
    live.stripe.renew()
    live.settle()
    assert standing(session, member) == ("active", 2)


def test_a_new_card_that_is_declined_too_leaves_the_member_behind_and_nothing_broken(
    live, session, master, member
):
    live.stripe.renew()
    live.settle()
    put_in_a_card(live, session, master, member, number=FAILS_AT_RENEWAL.replace(" ", ""))
    live.settle()
    assert standing(session, member) == ("past_due", 1)


def test_what_is_owed_can_be_paid_on_the_bills_own_page(live, reader, session, member):
    live.stripe.renew()
    live.settle()
    assert standing(session, member) == ("past_due", 1)
    address = live.house.action_links.url(Action.PAY, member, "en")
    reader.see(address.removeprefix(live.base_url))
    page = reader.send(0)
    assert page.url.startswith(live.sandbox.base_url), page.url
    session.rollback()
    membership = session.scalars(select(Membership)).one()
    assert membership.state == "past_due"  # only a webhook makes it true
