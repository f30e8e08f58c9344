from __future__ import annotations

import string

import pytest
from werkzeug.datastructures import LanguageAccept

from donations.sandbox.objects.checkout.paying import Outcome
from donations.sandbox.pages.payment import languages

ENGLISH = languages.named("en")


def places(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("tag", languages.TAGS)
def test_every_language_says_everything(tag):
    words = languages.named(tag).words
    assert set(words) == set(ENGLISH.words)
    assert {name: places(said) for name, said in words.items()} == {
        name: places(said) for name, said in ENGLISH.words.items()
    }
    assert all(words.values())


def test_every_other_language_tells_the_same_declines():
    told = [set(languages.named(tag).declines) for tag in languages.TAGS if tag != "en"]
    assert all(each == told[0] for each in told)
    assert "insufficient_funds" in told[0]


@pytest.mark.parametrize(
    ("wished", "browser", "tag"),
    [
        (None, "de-AT,en;q=0.5", "de"),
        ("auto", "ru", "ru"),
        ("auto", "ja", "en"),
        ("auto", "", "en"),
        ("fr", "de", "fr"),
        ("fr-CA", "de", "fr"),
        ("es-419", "de", "es"),
        ("ja", "de", "en"),
    ],
)
def test_the_session_chooses_its_language_or_leaves_it_to_the_browser(wished, browser, tag):
    parts = [each.partition(";q=") for each in browser.split(",") if each]
    accepted = LanguageAccept([(name, float(weight or 1)) for name, _, weight in parts])
    assert languages.chosen(wished, accepted).tag == tag


@pytest.mark.parametrize(
    ("tag", "amount"), [("en", "$15.00"), ("de", "15,00\xa0$"), ("ru", "15,00\xa0$")]
)
def test_amounts_are_written_as_the_language_writes_them(tag, amount):
    assert languages.named(tag).amount(1500, "usd") == amount


@pytest.mark.parametrize(
    ("count", "interval", "price"),
    [(1, "month", "$15.00 per month"), (3, "month", "$15.00 every 3 months"),
     (1, "year", "$15.00 per year"), (2, "week", "$15.00 every 2 weeks")],
)  # fmt: skip
def test_a_price_says_how_often(count, interval, price):
    recurring = {"interval": interval, "interval_count": count}
    session = {
        "amount_total": 1500,
        "currency": "usd",
        "_lines": [{"price": {"recurring": recurring}}],
    }
    assert ENGLISH.price(session) == price


def test_a_decline_without_words_of_its_own_is_told_in_stripes_english():
    assert languages.named("de").decline(Outcome("declined", "Odd.", code="odd")) == "Odd."
    funds = Outcome("declined", "Your card has insufficient funds.", code="insufficient_funds")
    assert "nicht ausreichend gedeckt" in languages.named("de").decline(funds)
    blocked = Outcome("declined", "Your card was declined.", code="fraudulent")
    assert languages.named("de").decline(blocked) == "Ihre Karte wurde abgelehnt."


def test_countries_are_named_in_the_language_and_only_countries():
    countries = dict(languages.named("de").countries())
    assert countries["DE"] == "Deutschland"
    assert not countries.keys() & {"EU", "ZZ", "001"}
