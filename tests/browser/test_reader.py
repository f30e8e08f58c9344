"""A reader in a real browser, with a script and without, in English and in Russian."""

from __future__ import annotations

import re

import pytest
from tests_support.clicks import choose, pay, to_payment, wait_for_thanks

pytestmark = pytest.mark.browser

GIVING = [
    (language, script, frequency)
    for language in ("", "/ru")
    for script in (True, False)
    for frequency in ("once", "monthly", "annual")
]
AMOUNTS = {"once": "2500", "monthly": "1500", "annual": "5000"}
LABELS = {
    ("", "once"): "Give $25 once",
    ("", "monthly"): "Give $15 monthly",
    ("", "annual"): "Give $50 annually",
}


@pytest.mark.parametrize(("language", "script", "frequency"), GIVING)
def test_a_reader_gives_and_is_thanked_once_stripe_has_confirmed(
    demo, open_page, language, script, frequency
):
    page = open_page(script=script, width=360 if script else 1440)
    email = f"{frequency}.{'script' if script else 'plain'}{language.strip('/')}@reader.example"
    choose(page, f"{language}/", frequency, AMOUNTS[frequency])
    if not language:
        assert page.locator("#give button.give").inner_text().strip() == LABELS["", frequency]
    to_payment(page)
    pay(page, email)
    wait_for_thanks(page)
    assert f"{language}/support/thanks/" in page.url
    letter = demo.letter_to(email)
    assert "@" not in letter["subject"] and "Moscow" not in letter["subject"]
    assert page.context.cookies(demo.base_url) == []


def test_a_declined_card_is_explained_and_the_next_one_succeeds(demo, open_page):
    page = open_page()
    choose(page, "/support", "once", "5000")
    to_payment(page)
    pay(page, "second.try@reader.example", card="4000000000000002")
    assert page.get_by_text(re.compile("declined")).first.is_visible()
    pay(page, "second.try@reader.example")
    wait_for_thanks(page)


def test_three_d_secure_is_asked_and_answered(demo, open_page):
    page = open_page()
    choose(page, "/support", "monthly", "1000")
    to_payment(page)
    pay(page, "secure@reader.example", card="4000002760003184")
    page.get_by_role("button", name="Complete").click()
    wait_for_thanks(page)


def test_an_amount_that_cannot_be_is_explained_at_its_field_and_kept(open_page):
    page = open_page(script=False)
    page.goto("/support")
    page.locator("#amount-monthly-other").check()
    page.locator("#other-monthly").fill("1.999")
    page.locator("#give button.give").click()
    assert page.locator("#other-monthly").input_value() == "1.999"
    assert page.locator("#other-monthly-error").is_visible()
    assert page.locator("[role=alert] a").first.get_attribute("href") == "#other-monthly"


def test_the_keyboard_alone_leads_from_the_frequency_to_payment(open_page):
    page = open_page()
    page.goto("/support")
    page.locator("#frequency-monthly").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator("#frequency-once").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/c/pay/"))


@pytest.mark.parametrize("script", [True, False])
def test_a_reminder_opens_in_place_and_is_promised_for_its_month(demo, open_page, script):
    page = open_page(script=script)
    page.goto("/")
    page.locator("#remind summary").first.click()
    page.locator("#remind .chips input").nth(1).check()
    page.locator("#reminder-email").fill(f"later{script}@reader.example")
    page.locator("form.remind button.quiet").click()
    page.wait_for_load_state()
    assert page.locator("h1").is_visible()
    assert page.url.endswith("/remind-me")


def test_the_newsletter_waits_for_one_click_in_the_mailbox_and_ends_with_one(demo, open_page):
    page = open_page(script=False)
    page.goto("/")
    page.locator("#newsletter-email").fill("weekly@reader.example")
    page.locator("#newsletter-consent").check()
    page.locator("form.newsletter button").click()
    letter = demo.letter_to("weekly@reader.example")
    link = re.search(r"http\S+/newsletter/confirm/\S+", letter["text"])[0]
    page.goto(link)
    page.locator("main form button").click()
    assert page.locator(".state.done").is_visible()


def test_the_preview_shows_a_real_issue(open_page):
    page = open_page()
    page.goto("/newsletter/preview")
    assert page.locator("main h2, main h3").count() >= 3
