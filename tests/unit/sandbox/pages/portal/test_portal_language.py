from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests_support.portal import text

from donations.sandbox.pages.portal import portal, portal_subscriptions
from donations.sandbox.pages.portal.portal_language import Language, sentences

HERE = Path(portal.__file__).parents[2]
IN_TEMPLATES = re.compile(r'_\("((?:[^"\\]|\\.)*)"')
IN_CODE = re.compile(r'(?:Refusal\(|= |return |: |else )"([A-Z][^"]+[.])"')


def said():
    found = set(portal._NOTICES.values()) | set(portal_subscriptions.REASONS.values())
    for path in (HERE / "templates").glob("portal_*.html"):
        found |= set(IN_TEMPLATES.findall(path.read_text("utf-8")))
    for path in (HERE / "pages" / "portal").glob("*.py"):
        found |= set(IN_CODE.findall(path.read_text("utf-8")))
    return found


def test_every_sentence_has_its_russian_and_keeps_its_places():
    russian = sentences("ru")
    assert said() - russian.keys() == set()
    for english, other in russian.items():
        assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", other)), english


def test_no_russian_sentence_is_left_over():
    spans = {each for each in sentences("ru") if each.startswith("{")}
    facts = {"Paid", "Open", "Void", "Uncollectible", "Name", "Email", "Phone"}
    refusals = {
        "This subscription is already set to be canceled.",
        "A subscription is paid with this payment method: choose another one first.",
        "This price is not offered.",
    }
    assert sentences("ru").keys() - said() - spans - facts - refusals == set()


@pytest.mark.parametrize(
    ("locale", "preferred", "accepted", "code"),
    [
        ("ru", [], ["en"], "ru"),
        ("en-GB", ["ru"], ["ru"], "en"),
        ("de", ["ru"], ["ru"], "en"),
        (None, ["ru-RU"], ["en"], "ru"),
        ("auto", [], ["de", "ru_RU", "en"], "ru"),
        ("auto", [], [], "en"),
    ],
)
def test_the_session_decides_then_the_customer_then_the_browser(locale, preferred, accepted, code):
    assert Language.of(locale, preferred, accepted).code == code


def test_amounts_dates_and_spans_are_the_languages():
    english, russian = Language("en"), Language("ru")
    assert english.amount(150_000, "usd") == "$1,500.00"
    assert russian.amount(1500, "usd") == "15,00\xa0$"
    assert english.day(1_700_000_000) == "14 November 2023"
    assert russian.day(1_700_000_000) == "14 ноября 2023\u202fг."
    price = {
        "unit_amount": 500,
        "currency": "eur",
        "recurring": {"interval": "month", "interval_count": 3},
    }
    assert english.price(price, 2) == "€10.00 every 3 months"
    assert russian.span({"interval": "week", "interval_count": 1}) == "1 неделя"
    assert english.country("DE") == "Germany"
    assert dict(russian.countries)["FR"] == "Франция"


def test_pages_are_in_the_sessions_language(portal):
    portal.open(locale="ru")
    page = portal.get()
    assert '<html lang="ru"' in page.text
    assert "Текущая подписка" in text(page)
    assert "15,00\xa0$ в месяц" in page.text
    assert "Здесь всё понарошку" in text(page)
    wrong = portal.post(
        "payment-method",
        method="card",
        card_number="4000000000000002",
        name="В",
        expiry="12/34",
        cvc="123",
    )
    assert "Карта отклонена." in text(wrong)


def test_auto_is_the_browsers_language_where_the_customers_is_not_known(portal, http):
    portal.customer = portal.sdk.v1.customers.create({}).id
    portal.open(locale="auto")
    http.headers["Accept-Language"] = "ru,en;q=0.8"
    assert '<html lang="ru"' in portal.get().text
