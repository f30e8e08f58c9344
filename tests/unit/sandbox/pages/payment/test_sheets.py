from __future__ import annotations

import pytest

from donations.sandbox.pages.payment.sheets import linked


@pytest.mark.parametrize(
    ("submit", "mode", "button"),
    [
        (None, "payment", "Pay $15.00"),
        ("auto", "payment", "Pay $15.00"),
        ("pay", "payment", "Pay $15.00"),
        ("donate", "payment", "Donate $15.00"),
        ("book", "payment", "Book $15.00"),
        ("subscribe", "payment", "Subscribe $15.00"),
        (None, "subscription", "Subscribe $15.00 per month"),
        ("donate", "subscription", "Donate $15.00 per month"),
    ],
)
def test_the_button_says_what_happens(shop, reader, submit, mode, button):
    wished = {"submit_type": submit} if submit else {}
    page = reader.see(shop.open(mode, **wished)).text
    assert f'<button class="go" type="submit">{button}</button>' in page


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "Donate"),
        ("ru", "Пожертвовать"),
        ("de", "spenden"),
        ("fr", "Donner"),
        ("es", "Donar"),
    ],
)
def test_the_page_speaks_the_sessions_language(shop, reader, locale, words):
    page = reader.see(shop.open(locale=locale, submit_type="donate")).text
    assert f'<html lang="{locale}"' in page
    assert words in page


def test_without_a_locale_the_page_speaks_the_browsers_language(shop, reader):
    session = shop.open()
    assert '<html lang="de"' in reader.see(session, "de-CH,de;q=0.9").text
    assert '<html lang="en"' in reader.see(session, "ja").text


def test_custom_texts_stand_on_the_page_with_their_links(shop, reader):
    session = shop.open(
        custom_text={
            "submit": {"message": "We reply <b>soon</b>."},
            "after_submit": {"message": "Thank you."},
            "terms_of_service_acceptance": {
                "message": "I agree to the [terms](https://example.org/terms)."
            },
        },
        consent_collection={"terms_of_service": "required"},
    )
    page = reader.see(session).text
    assert "We reply &lt;b&gt;soon&lt;/b&gt;." in page
    assert "Thank you." in page
    assert 'I agree to the <a href="https://example.org/terms">terms</a>.' in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
        ('[a](https://x.example/"onclick=x)', '<a href="https://x.example/&#34;onclick=x">a</a>'),
        ("<script>", "&lt;script&gt;"),
    ],
)
def test_a_text_becomes_no_more_than_links_to_the_web(text, shown):
    assert str(linked(text)) == shown


def test_several_lines_are_listed_with_their_amounts(shop, reader):
    prices = [{"currency": "usd", "unit_amount": n, "product": "support"} for n in (1000, 500)]
    lines = [{"quantity": 2, "price_data": price} for price in prices]
    page = reader.see(shop.open(line_items=lines)).text
    for words in ("Support × 2", "$20.00", "$10.00", "Pay $30.00"):
        assert words in page


def test_a_test_account_can_be_picked(shop, http):
    session = shop.open()
    page = http.post(session.url, data={"pick_iban": "DE62370400440532013001"}).text
    assert 'value="DE62370400440532013001"' in page
    assert 'value="sepa_debit" checked' in page
