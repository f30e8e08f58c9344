"""Tiers and promos on the appeal and the review page."""

import re

import pytest
from sqlalchemy import select
from tests_support.stripe import FakeGateway
from tests_support.tiers import AT, READER, make_promo, make_tier, reader_and_friend, set_price

from donations.giving.models import Checkout
from donations.tiers.editing import Words, move_tier
from donations.tiers.promos import move_promo
from donations.tiers.states import PromoState, TierState
from donations.web.public import page_cache

TERMS = "$5 a month for 3 months, then $15 a month until you end it"


@pytest.fixture
def gateway(app):
    fake = FakeGateway()
    app.extensions["till"]._gateway = fake
    return fake


def send(client, **fields):
    given = {"frequency": "monthly", "currency": "usd", "attempt": "0123456789abcdef"}
    return client.post("/support/checkout", data={**given, **fields})


def ids(page):
    return re.findall(r'id="(amount-[a-z]+-[a-z0-9]+)"', page)


def numbers(page, frequency):
    block = page.split(f'class="amounts {frequency}"')[1].split("</fieldset>")[0]
    return [int(one) for one in re.findall(r'data-n="(\d+)"', block)]


def test_without_tiers_the_page_is_what_it_was(client):
    page = client.get("/support").text
    assert 'class="tiers"' not in page
    assert numbers(page, "monthly") == [1, 2, 3, 4, 5, 0]


def test_tiers_stand_above_any_other_amount_each_amount_once(client, session):
    reader_and_friend(session)
    page = client.get("/support").text
    assert len(ids(page)) == len(set(ids(page)))
    assert page.index("amount-monthly-500") < page.index("amount-monthly-1500")
    assert page.index("amount-monthly-1500") < page.index("Or any other amount")
    assert page.index("Or any other amount") < page.index('id="amount-monthly-200"')
    for words in ("Reader", "$5 monthly", "The reader line", "<li>reader talk</li>"):
        assert words in page
    assert numbers(page, "monthly") == [1, 2, 3, 4, 5, 0]
    assert 'class="tiers"' not in page.split('class="amounts monthly"')[0]  # none for one time


@pytest.mark.parametrize(("frequency", "value"), [("monthly", "1500"), ("annual", "15000")])
def test_the_words_of_the_button_follow_the_tier(client, session, frequency, value):
    reader_and_friend(session)
    page = client.get("/support").text
    number = re.search(rf'id="amount-{frequency}-{value}"[^>]*data-n="(\d+)"', page)[1]
    words = page.split(f'class="words {frequency}"')[1].split("</button>")[0]
    said = re.search(rf'<span data-n="{number}">([^<]+)<', words)[1]
    assert said == {"monthly": "Give $15 monthly", "annual": "Give $150 annually"}[frequency]


def test_more_tiers_than_the_page_has_words_for_leave_room_for_the_suggestion(client, session):
    for place, minor in enumerate((300, 400, 600, 700, 800, 900, 1100), 1):
        make_tier(session, f"tier{place}", {"monthly": minor}, place)
    page = client.get("/support").text
    assert numbers(page, "monthly") == [1, 2, 3, 4, 5, 6, 7, 8, 0]
    assert 'id="amount-monthly-1000"' in page  # what is suggested stays
    assert 'id="amount-monthly-1100"' not in page


def test_a_tier_is_shown_where_it_has_a_price_and_words(client, session):
    make_tier(session, prices={"monthly": 500}, words={"en": Words("Reader")})
    assert "<b>Reader</b>" in client.get("/support").text
    assert "<b>Reader</b>" not in client.get("/ru/support").text
    assert "<b>Reader</b>" not in client.get("/support?currency=eur").text


def test_the_kept_pages_are_made_anew_when_a_tier_changes(client, session, monkeypatch):
    monkeypatch.setattr(page_cache, "FRESH_SECONDS", -1.0)
    assert "<b>Reader</b>" not in client.get("/support").text
    make_tier(session)
    first = client.get("/support")
    assert "<b>Reader</b>" in first.text
    assert first.headers["Cache-Control"].startswith("public")
    set_price(session, "reader", "monthly", 700)
    assert "$7 monthly" in client.get("/support").text
    move_tier(session, "reader", TierState.RETIRED)
    assert "<b>Reader</b>" not in client.get("/support").text


def test_a_tier_s_amount_is_given_like_any_other(client, gateway, session):
    make_tier(session, prices={"monthly": 700})
    assert send(client, amount_monthly="700").status_code == 303
    assert session.scalars(select(Checkout.amount_minor)).all() == [700]


def test_a_price_nobody_may_give_is_refused_whatever_a_browser_sends(client, gateway, session):
    make_tier(session)
    assert send(client, amount_monthly="150").status_code == 422


@pytest.fixture
def promo(session):
    friend = make_tier(session, "friend", {"monthly": 1500})
    return make_promo(session, tier_id=friend.id)


def test_the_link_of_a_promo_says_its_terms_and_chooses_it(client, promo):
    page = client.get("/support?promo=spring").text
    assert TERMS in page
    assert re.search(r'id="amount-monthly-promo" value="promo" data-n="1" checked', page)
    assert re.search(r'id="frequency-monthly" value="monthly" checked', page)
    assert "Begin with $5 a month" in page
    assert '<input type="hidden" name="promo" value="spring">' in page
    assert numbers(page, "monthly")[:2] == [1, 2]


def test_the_review_page_says_the_terms_once_more_and_sends_them_on(client, gateway, promo):
    page = send(client, attempt="", amount_monthly="promo", promo="spring").text
    assert TERMS in page
    assert '<input type="hidden" name="amount_monthly" value="promo">' in page
    assert '<input type="hidden" name="promo" value="spring">' in page
    assert "promo=spring" in re.search(r'<a href="(/support\?[^"]+)">Change', page)[1]


def test_who_takes_it_begins_at_the_first_amount(client, gateway, session, promo):
    for _ in range(2):
        assert send(client, amount_monthly="promo", promo="spring").status_code == 303
    [row] = session.scalars(select(Checkout)).all()
    assert (row.amount_minor, row.promo) == (500, "spring")
    assert "promo=spring" in gateway.opened[0].cancel_url


def test_the_same_amount_without_the_promo_is_a_plain_gift(client, gateway, session, promo):
    send(client, amount_monthly="500", promo="spring")
    assert [(row.amount_minor, row.promo) for row in session.scalars(select(Checkout))] == [
        (500, "")
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"promo": ""},
        {"promo": "winter"},
        {"promo": "x" * 400},
        {"currency": "eur"},
        {"frequency": "annual", "amount_annual": "promo"},
        {"frequency": "once", "amount_once": "promo"},
    ],
)
def test_a_promo_is_its_own_code_rhythm_and_currency_or_nothing(
    client, gateway, session, promo, fields
):
    answer = send(client, **{"amount_monthly": "promo", "promo": "spring", **fields})
    assert answer.status_code == 422
    assert "This offer is no longer open" in answer.text
    assert session.scalars(select(Checkout)).all() == []


def test_a_promo_that_closed_is_said_to_be_over_and_taken_by_nobody(
    client, gateway, session, promo
):
    move_promo(session, "spring", PromoState.CLOSED)
    page = client.get("/support?promo=spring").text
    assert "This offer is no longer open" in page
    assert "amount-monthly-promo" not in page
    assert send(client, amount_monthly="promo", promo="spring").status_code == 422


def test_another_currency_shows_no_promo_and_a_link_without_one_none(client, session, promo):
    assert TERMS not in client.get("/support?promo=spring&currency=eur").text
    assert TERMS not in client.get("/support").text


@pytest.mark.parametrize(
    ("frequency", "payments", "said"),
    [
        ("monthly", 1, "$5 for the first month, then $15 a month until you end it"),
        ("annual", 1, "$5 for the first year, then $15 a year until you end it"),
        ("annual", 2, "$5 a year for 2 years, then $15 a year until you end it"),
    ],
)
def test_the_terms_of_every_rhythm_are_plain_words(client, session, frequency, payments, said):
    make_promo(session, frequency=frequency, payments=payments)
    assert said in client.get("/support?promo=spring").text


def test_who_is_led_to_change_their_amount_reads_the_names_of_tiers(client, session, house, master):
    from tests_support.tiers import Member

    make_tier(session, prices={**READER, "monthly": 700})
    member = Member(session, master, now=AT)
    link = house.action_links.url("amount", member.row.public_id, "en").removeprefix(house.base_url)
    page = client.get(link).text
    assert re.search(r'for="amount-700">\$7 <small>Reader</small>', page)
    assert re.search(r'for="amount-1500">\$15</label>', page)
