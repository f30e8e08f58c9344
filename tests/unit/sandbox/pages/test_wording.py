from __future__ import annotations

import pytest

from donations.sandbox.pages.wording import amount, gist, heading, moment, price, tone


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [(1500, "usd", "$15.00"), (1500, "jpy", "¥1,500"), (123_456, "eur", "€1,234.56")],
)
def test_amounts_have_the_decimals_of_their_currency(minor, currency, words):
    assert amount(minor, currency) == words


@pytest.mark.parametrize(
    ("recurring", "words"),
    [
        (None, "$15.00"),
        ({"interval": "month", "interval_count": 1}, "$15.00 per month"),
        ({"interval": "month", "interval_count": 3}, "$15.00 every 3 months"),
    ],
)
def test_a_price_says_how_often(recurring, words):
    session = {
        "amount_total": 1500,
        "currency": "usd",
        "_lines": [{"price": {"recurring": recurring}}],
    }
    assert price(session) == words


def test_a_moment_is_told_in_utc():
    assert moment(1_795_507_320) == "24 Nov 2026, 08:02 UTC"


def test_a_status_is_good_bad_or_plain():
    assert [tone(each) for each in ("paid", "lost", "open", None)] == [
        "good",
        "bad",
        "plain",
        "plain",
    ]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"amount": 1500, "currency": "usd"}, "$15.00"),
        ({"total": 900, "currency": "eur"}, "€9.00"),
        ({"email": "reader@example.org", "currency": None}, "reader@example.org"),
        ({"type": "charge.succeeded"}, "charge.succeeded"),
        ({"id": "x"}, ""),
    ],
)
def test_an_object_is_told_by_its_amount_or_its_name(entry, words):
    assert gist(entry) == words


def test_a_kind_is_written_in_words():
    assert heading("checkout.session") == "Checkout session"
    assert heading("balance_transaction") == "Balance transaction"


def test_a_session_that_takes_no_money_says_so():
    assert price({"amount_total": None, "currency": None}) == "Nothing now"
