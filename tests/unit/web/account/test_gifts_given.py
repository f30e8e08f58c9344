from __future__ import annotations

from datetime import date

import pytest
from tests_support import gifting

from donations.entitlements.gift_words import token_of
from donations.entitlements.redeeming import redeem
from donations.supporters.directory import find_by_email
from donations.web.account import gifts_given as _page  # noqa: F401 - registers it

PATH = "/account/gifts-given"


@pytest.fixture
def vera(session, master, signed_in):
    return lambda: signed_in(find_by_email(session, master, gifting.VERA).id)


def test_the_buyer_sees_the_day_and_the_link_to_hand_over(session, master, clock, vera):
    gift = gifting.buy(session, master, clock.now(), send_on=date(2026, 12, 24), language="ru")
    token = token_of(master, gift)
    page = vera().get(PATH).text
    assert "A year of Friend, $100" in page
    assert "We write to them on December 24, 2026." in page
    assert f'value="http://localhost/ru/support/gift/redeem/{token}"' in page
    assert gifting.BORIS not in page


def test_once_it_is_redeemed_there_is_no_link_and_nobody_is_named(session, master, clock, vera):
    gift = gifting.buy(session, master, clock.now())
    token = token_of(master, gift)
    redeem(session, master, token, gifting.BORIS, language="en", now=clock.now())
    page = vera().get(PATH).text
    assert "Redeemed on November 24, 2026." in page
    assert token not in page and gifting.BORIS not in page


def test_another_supporter_sees_nothing_of_it(session, master, clock, signed_in):
    gift = gifting.buy(session, master, clock.now())
    token = token_of(master, gift)
    redeem(session, master, token, gifting.BORIS, language="en", now=clock.now())
    page = signed_in(find_by_email(session, master, gifting.BORIS).id).get(PATH).text
    assert "None yet." in page


@pytest.fixture
def member():
    """Nobody is a member here."""
