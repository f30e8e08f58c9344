from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from tests_support.receipts import UK, US, Giving, words

from donations.kernel.database import begin_write
from donations.receipts.declaring import person_of, standing
from donations.receipts.models import GiftAidDeclaration
from donations.receipts.naming import is_named
from donations.supporters.sessions import open_session
from donations.vault.sealed import destroy_data_key
from donations.web.receipt_press import RECEIPT_ISSUER

DECLARED = {
    "title": "",
    "first_name": "Vera",
    "last_name": "Reader",
    "house": "12a",
    "address": "Long Lane, Leeds",
    "postcode": "S19 2BD",
    "agreed": "1",
}


@pytest.fixture
def giving(session, master):
    return Giving(session, master)


@pytest.fixture
def vera(giving, clock):
    return giving.supporter(at=clock.now())


@pytest.fixture
def american(app):
    app.extensions[RECEIPT_ISSUER] = US


@pytest.fixture
def british(app):
    app.extensions[RECEIPT_ISSUER] = UK


@pytest.fixture
def enter(client, session, clock):
    """Signs a supporter in and gives their browser."""

    def one(supporter):
        begin_write(session)
        token = open_session(session, supporter.id, clock.now())
        session.commit()
        client.set_cookie("account", token)
        return client

    return one


def post(browser, path, form_on=None, **fields):
    shown = browser.get(form_on or path).text
    name, value = re.search(r'name="(csrf_token)" value="([^"]+)"', shown).groups()
    return browser.post(path, data={name: value, **fields})


@pytest.mark.usefixtures("american")
def test_one_s_own_receipt_is_a_file_that_nobody_on_the_way_keeps(enter, giving, vera, clock):
    receipt = giving.gift(vera, 30000, at=clock.now())
    answer = enter(vera).get(f"/account/receipts/{receipt.number}.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=receipt-{receipt.number}.pdf"
    )
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Vera Reader" in words(answer.data)
    clock.advance(timedelta(minutes=20))
    assert enter(vera).get(f"/account/receipts/{receipt.number}").data == answer.data


def test_without_an_issuer_a_receipt_says_nothing_of_taxes_nor_who_gave(enter, giving, vera, clock):
    receipt = giving.gift(vera, 30000, at=clock.now())
    text = words(enter(vera).get(f"/account/receipts/{receipt.number}.pdf").data)
    assert text.startswith("The Moscow Times")
    assert "nothing else" in text
    assert "Vera" not in text


def test_a_void_receipt_says_so_in_its_name(enter, giving, vera, clock):
    receipt = giving.gift(vera, at=clock.now())
    giving.refund(receipt, 5000, at=clock.now())
    answer = enter(vera).get(f"/account/receipts/{receipt.number}.pdf")
    assert answer.headers["Content-Disposition"].endswith(f"receipt-{receipt.number}-void.pdf")


def test_nobody_else_s_receipt_can_be_had(enter, client, giving, vera, clock):
    olga = giving.supporter("Olga", "olga@reader.example", at=clock.now())
    theirs = giving.gift(olga, at=clock.now())
    nobody_s = giving.gift(None, at=clock.now())
    path = f"/account/receipts/{theirs.number}.pdf"
    assert client.get(path).status_code == 303
    browser = enter(vera)
    for number in (theirs.number, nobody_s.number, 0, 99, 10**12, 10**30):
        assert browser.get(f"/account/receipts/{number}.pdf").status_code == 404


def test_a_receipt_whose_key_is_gone_is_told_of_in_words(
    enter, session, giving, vera, clock, american
):
    olga = giving.supporter("Olga", "olga@reader.example", at=clock.now())
    receipt = giving.gift(olga, at=clock.now())
    path = f"/account/receipts/{receipt.number}.pdf"
    assert enter(olga).get(path).status_code == 200
    begin_write(session)
    receipt.gift.supporter_id = vera.id  # as when two accounts became one
    destroy_data_key(session, olga.data_key_id, clock.now())
    session.commit()
    answer = enter(vera).get(path)
    assert answer.status_code == 410
    assert "cannot be read any more" in answer.text


@pytest.mark.usefixtures("american")
def test_a_statement_is_made_for_any_fiscal_year(enter, giving, vera, clock):
    giving.gift(vera, 1100, at=datetime(2026, 3, 1, tzinfo=UTC))
    giving.gift(vera, 2200, at=datetime(2026, 8, 1, tzinfo=UTC))
    browser = enter(vera)
    calendar = browser.get("/account/statement.pdf?year=2026")
    assert "USD 33.00 USD" in words(calendar.data)
    assert "statement-2026-01-01-2026-12-31.pdf" in calendar.headers["Content-Disposition"]
    assert "no-store" in calendar.headers["Cache-Control"]
    july = browser.get("/account/statement?year=2026&begins=7")
    assert "USD 22.00 USD" in words(july.data)
    for query in ("", "?year=x", "?year=2026&begins=13", "?year=2026&begins=2-30"):
        assert browser.get(f"/account/statement.pdf{query}").status_code == 404


def test_the_years_with_gifts_are_offered_by_the_beginning_chosen(enter, giving, vera, clock):
    giving.gift(vera, at=datetime(2026, 3, 1, tzinfo=UTC))
    browser = enter(vera)
    assert "Statement for 2026<" in browser.get("/account/receipts").text
    shown = browser.get("/account/receipts?begins=7").text
    assert "Statement for 2025–26<" in shown
    href = re.search(r'href="([^"]*statement[^"]*)"', shown)[1].replace("&amp;", "&")
    assert browser.get(href).mimetype == "application/pdf"
    assert browser.get("/account/receipts?begins=x").status_code == 404


def test_the_page_is_in_every_language_and_offers_gift_aid_only_to_a_uk_charity_s(
    app, enter, giving, vera, clock
):
    giving.gift(vera, at=clock.now())
    browser = enter(vera)
    assert browser.get("/ru/account/receipts").status_code == 200
    assert "Gift Aid" not in browser.get("/account/receipts").text
    app.extensions[RECEIPT_ISSUER] = UK
    shown = browser.get("/account/receipts").text
    assert "Gift Aid" in shown
    assert "6 April" in shown


def test_a_supporter_says_whether_receipts_name_them(enter, session, vera, american):
    browser = enter(vera)
    assert post(browser, "/account/receipts", naming="unnamed").status_code == 303
    session.rollback()
    assert not is_named(session, vera.id, US)
    post(browser, "/account/receipts", naming="named")
    session.rollback()
    assert is_named(session, vera.id, US)


def test_only_a_uk_charity_has_the_page_of_gift_aid(enter, vera, american):
    browser = enter(vera)
    assert browser.get("/account/gift-aid").status_code == 404
    for path in ("/account/gift-aid", "/account/gift-aid/withdraw"):
        assert post(browser, path, "/account/receipts", **DECLARED).status_code == 404


@pytest.mark.usefixtures("british")
def test_gift_aid_is_declared_and_withdrawn(enter, session, master, vera):
    browser = enter(vera)
    assert "responsibility to pay the difference" in browser.get("/account/gift-aid").text
    answer = post(browser, "/account/gift-aid", past="1", **DECLARED)
    assert answer.status_code == 303
    session.rollback()
    made = standing(session, vera.id)
    assert "four years before" in made.wording
    assert person_of(session, master, made).house == "12a"
    shown = browser.get("/account/gift-aid").text
    assert "November 24, 2022" in shown
    assert "Long Lane, Leeds" in shown
    post(browser, "/account/gift-aid/withdraw", "/account/gift-aid")
    session.rollback()
    assert standing(session, vera.id) is None


@pytest.mark.usefixtures("british")
def test_whoever_lives_abroad_needs_no_postcode(enter, session, master, vera):
    browser = enter(vera)
    fields = DECLARED | {"postcode": "", "abroad": "1"}
    assert post(browser, "/account/gift-aid", **fields).status_code == 303
    session.rollback()
    assert person_of(session, master, standing(session, vera.id)).postcode == "X"
    assert re.search(r'id="abroad" value="1" checked', browser.get("/account/gift-aid").text)


@pytest.mark.usefixtures("british")
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("last_name", "", "Please fill this in."),
        ("postcode", "nowhere", "Enter a UK postcode"),
        ("title", "Professor", "at most 4 characters"),
        ("agreed", None, "Tick this to make the declaration."),
    ],
)
def test_a_declaration_that_cannot_be_made_is_shown_again_with_what_was_typed(
    enter, session, vera, field, value, sentence
):
    fields = {
        name: typed for name, typed in (DECLARED | {field: value}).items() if typed is not None
    }
    answer = post(enter(vera), "/account/gift-aid", past="1", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'href="#{field}"' in answer.text
    assert f'aria-describedby="{field}-error"' in answer.text
    assert "Long Lane, Leeds" in answer.text
    assert re.search(r'id="past" value="1" checked', answer.text)
    assert session.scalars(select(GiftAidDeclaration)).all() == []


@pytest.mark.usefixtures("british")
def test_a_form_of_another_page_declares_nothing(enter, session, vera):
    browser = enter(vera)
    assert browser.post("/account/gift-aid", data=DECLARED).status_code == 400
    assert session.scalars(select(GiftAidDeclaration)).all() == []
