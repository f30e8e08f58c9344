from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from tests_support import gifting, groups
from tests_support.stripe import FakeGateway

from donations.entitlements.gift_models import GiftMembership
from donations.entitlements.gift_words import message_of, recipient_of, token_of
from donations.entitlements.inviting import invite
from donations.entitlements.inviting import token_of as seat_token
from donations.entitlements.models import Entitlement
from donations.giving.models import Checkout
from donations.stripe_gateway.errors import StripeUnavailable
from donations.supporters.account_models import SignInAsk
from donations.web.public import gift_memberships as _pages  # noqa: F401 - registers them
from donations.web.public import gift_redeeming as _links  # noqa: F401 - registers them

WISH = {
    "tier": "friend",
    "currency": "usd",
    "email": gifting.BORIS,
    "message": "Happy birthday!\r\n\r\nVera",
    "send_on": "2026-12-24",
    "language": "ru",
}


@pytest.fixture
def gateway(app):
    fake = FakeGateway()
    app.extensions["till"]._gateway = fake
    return fake


@pytest.fixture(autouse=True)
def friend(session, clock):
    gifting.tier(session, clock.now(), "draft", state="draft", position=0)
    gifting.tier(session, clock.now(), "monthly", annual=0, position=0)
    return gifting.tier(session, clock.now())


def hidden(page):
    """What the review's form would send."""
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def review(client, language="", **changes):
    return client.post(f"{language}/support/gift", data={**WISH, **changes})


def rows(session, model):
    session.rollback()
    session.expire_all()
    return session.scalars(select(model)).all()


def test_what_can_be_given_is_offered_with_its_price_below_the_warning(client):
    page = client.get("/support/gift").text
    assert "Friend, $100" in page
    assert "draft" not in page and "Monthly," not in page
    assert page.index('class="warning"') < page.index("<form")
    assert 'min="2026-11-24" max="2027-11-24"' in page
    assert "<script" not in page.replace('<script type="module" src=', "")


def test_a_currency_without_a_price_offers_nothing(client):
    page = client.get("/support/gift?currency=eur").text
    assert "nothing to give in this currency" in page
    assert "$100" in client.get("/support/gift?currency=xxx").text


def test_the_review_says_everything_and_orders_nothing(client, session):
    answer = review(client)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    for said in ("A year of Friend", "$100", gifting.BORIS, "December 24, 2026", "Happy birthday!"):
        assert said in answer.text
    assert rows(session, Checkout) == []


def test_from_the_review_to_the_payment_page_with_the_wish_bound_to_the_checkout(
    client, gateway, session, master
):
    answer = client.post("/support/gift", data=hidden(review(client).text))
    assert answer.status_code == 303
    assert answer.location.startswith("https://checkout.stripe.com/")
    [checkout], [gift] = rows(session, Checkout), rows(session, GiftMembership)
    assert (checkout.amount_minor, checkout.frequency, checkout.placement) == (
        10000,
        "once",
        "gift",
    )
    assert (gift.checkout_id, gift.state, gift.language) == (checkout.id, "ordered", "ru")
    assert gift.send_on == date(2026, 12, 24)
    assert recipient_of(master, gift) == gifting.BORIS
    assert message_of(master, gift) == "Happy birthday!\n\nVera"
    told = str(gateway.opened[0])
    assert gifting.BORIS not in told and "birthday" not in told


def test_a_double_click_is_one_order(client, gateway, session):
    fields = hidden(review(client).text)
    first, second = (client.post("/support/gift", data=fields) for _ in range(2))
    assert first.location == second.location
    assert len(rows(session, GiftMembership)) == len(gateway.opened) == 1


def test_the_price_is_ours_whatever_the_browser_says(client, gateway, session):
    fields = {**hidden(review(client).text), "shown": "1", "amount": "1", "amount_once": "1"}
    answer = client.post("/support/gift", data=fields)
    assert answer.status_code == 200  # what was shown is not what it costs: it is shown again
    assert rows(session, Checkout) == []
    client.post("/support/gift", data=hidden(answer.text))
    assert rows(session, Checkout)[0].amount_minor == 10000


def test_a_price_that_changed_since_the_review_is_shown_again(client, gateway, session, friend):
    fields = hidden(review(client).text)
    for price in friend.prices:
        price.amount_minor = 15000
    session.commit()
    answer = client.post("/support/gift", data=fields)
    assert answer.status_code == 200
    assert "$150" in answer.text
    assert gateway.opened == []


def test_a_tier_that_is_not_offered_any_more_is_sold_to_nobody(client, session, friend):
    fields = hidden(review(client).text)
    friend.state = "retired"
    session.commit()
    assert client.post("/support/gift", data=fields).status_code == 422


@pytest.mark.parametrize(
    ("field", "typed", "message", "anchor"),
    [
        ("tier", "", "Choose what you would like to give.", "tier-friend"),
        ("tier", "draft", "Choose what you would like to give.", "tier-friend"),
        ("email", "no address", "An e-mail address has no spaces in it.", "email"),
        ("message", "x" * 501, "at most 500 characters", "message"),
        ("message", "see https://fraud.example", "leave out links", "message"),
        ("message", "see WWW.fraud.example", "leave out links", "message"),
        ("send_on", "2026-11-23", "Choose a day from today to November 24, 2027.", "send-on"),
        ("send_on", "2027-11-25", "Choose a day from today to November 24, 2027.", "send-on"),
        ("send_on", "tomorrow", "Write the day like this", "send-on"),
    ],
)
def test_what_cannot_be_is_explained_at_its_field_and_everything_typed_is_kept(
    client, session, field, typed, message, anchor
):
    answer = review(client, **{field: typed})
    assert answer.status_code == 422
    assert message in answer.text
    assert f'href="#{anchor}"' in answer.text
    assert f'id="{anchor}"' in answer.text
    if field != "email":
        assert f'value="{gifting.BORIS}"' in answer.text
    assert rows(session, Checkout) == []


def test_five_hundred_characters_are_not_too_many_and_hidden_ones_are_dropped(client):
    kept = hidden(review(client, message="я" * 500).text)["message"]
    assert kept == "я" * 500
    assert hidden(review(client, message="a\u202eb\x00c").text)["message"] == "abc"


def test_what_was_typed_is_shown_as_text(client):
    page = review(client, message="<script>alert(1)</script>").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_whoever_hands_it_over_names_nobody_and_no_day(client, gateway, session):
    page = review(client, email="", send_on="").text
    assert "you hand the link over" in page
    client.post("/support/gift", data=hidden(page))
    [gift] = rows(session, GiftMembership)
    assert gift.recipient_sealed is gift.email_index is gift.send_on is None


def test_stripe_away_keeps_everything_and_the_same_attempt_goes_on(client, gateway, session):
    fields = hidden(review(client).text)
    gateway.failure = StripeUnavailable("down")
    answer = client.post("/support/gift", data=fields)
    assert answer.status_code == 503
    assert "Nothing was charged" in answer.text
    assert rows(session, GiftMembership) == []
    gateway.failure = None
    assert client.post("/support/gift", data=hidden(answer.text)).status_code == 303
    assert len(rows(session, Checkout)) == len(rows(session, GiftMembership)) == 1


def test_a_form_of_another_site_orders_nothing(client, session):
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/support/gift", data=WISH, headers=elsewhere).status_code == 403


def test_the_page_speaks_the_readers_language(client):
    page = client.get("/ru/support/gift").text
    assert 'lang="ru"' in page and "Друг" in page


@pytest.fixture
def link(session, master, clock, friend):
    gift = gifting.buy(session, master, clock.now(), message="Happy <birthday>!\n\nVera")
    gift.tier_id = friend.id
    session.commit()
    return f"/support/gift/redeem/{token_of(master, gift)}"


def test_the_link_shows_the_gift_fills_in_nothing_and_changes_nothing(client, session, link):
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Friend" in answer.text and "Happy &lt;birthday&gt;!" in answer.text
    assert 'id="email"' in answer.text and 'value=""' in answer.text
    assert gifting.BORIS not in answer.text
    assert rows(session, Entitlement) == []


def test_one_button_gives_the_year_and_sends_a_link_to_sign_in(client, session, clock, link):
    answer = client.post(link, data={"email": "Boris@Reader.example"})
    assert answer.status_code == 200
    assert "yours until November 24, 2027" in answer.text
    assert len(rows(session, Entitlement)) == 1
    assert [ask.next_path for ask in rows(session, SignInAsk)] == ["/account"]


def test_an_address_that_cannot_be_is_refused_at_its_field(client, session, link):
    answer = client.post(link, data={"email": "boris"})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text and 'value="boris"' in answer.text
    assert rows(session, Entitlement) == []


def test_a_second_press_says_that_the_link_was_used(client, session, link):
    client.post(link, data={"email": gifting.BORIS})
    for answer in (client.get(link), client.post(link, data={"email": "thief@reader.example"})):
        assert answer.status_code == 410
        assert "It works once" in answer.text
    assert len(rows(session, Entitlement)) == 1


def test_after_its_year_the_link_is_over_and_an_altered_one_never_was(client, clock, link):
    assert client.get(link[:-1]).status_code == 404
    assert client.post(link + "x", data={"email": gifting.BORIS}).status_code == 404
    clock.advance(timedelta(days=366))
    answer = client.post(link, data={"email": gifting.BORIS})
    assert answer.status_code == 410
    assert "not begun in time" in answer.text


@pytest.fixture
def seat(session, master, clock, friend):
    held = groups.group(session, master, clock.now(), seats=2)
    held.tier_id = friend.id
    session.commit()
    row = invite(session, master, held.membership_id, gifting.BORIS, language="en", now=clock.now())
    return f"/support/seat/{seat_token(master, row)}"


def test_an_invitation_shows_what_it_gives_and_whose_it_is_nowhere(client, session, seat):
    page = client.get(seat).text
    assert "You are invited to a group" in page and "Friend" in page
    assert "vera" not in page.lower() and "boris" not in page.lower()
    assert rows(session, Entitlement) == []


def test_one_button_takes_the_seat(client, session, seat):
    answer = client.post(seat)
    assert answer.status_code == 200
    assert "The seat is yours" in answer.text
    assert [one.origin for one in rows(session, Entitlement)] == ["seat"]
    assert client.get(seat).status_code == 410
    assert "This link was used" in client.post(seat).text


def test_an_invitation_that_is_over_or_altered_opens_nothing(client, clock, seat):
    assert client.get(seat[:-1]).status_code == 404
    clock.advance(timedelta(days=31))
    assert client.post(seat).status_code == 410
