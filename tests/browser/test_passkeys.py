"""A passkey in a real browser: added in the account, and from then on enough by itself."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests_support.live import Live
from tests_support.members import join

pytestmark = pytest.mark.browser
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def live(environment, outbox):
    running = Live(environment, outbox, host="localhost")
    yield running
    running.stop()


@pytest.fixture
def page(chromium, live):
    """A browser with a phone that has been unlocked."""
    context = chromium.new_context(base_url=live.base_url, viewport={"width": 360, "height": 800})
    shown = context.new_page()
    shown.wrongs = []
    shown.on("pageerror", lambda error: shown.wrongs.append(str(error)))
    phone = context.new_cdp_session(shown)
    phone.send("WebAuthn.enable")
    shown.phone = phone
    shown.key = phone.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})[
        "authenticatorId"
    ]
    yield shown
    context.close()
    assert shown.wrongs == []


def sign_in(page, live):
    page.goto("/account/sign-in")
    page.locator("#sign-in-email").fill("vera@reader.example")
    page.locator("button.give").click()
    live.worker.run_due()
    text = live.outbox.messages[-1].get_body(("plain",)).get_content()
    page.goto(re.search(r"http\S+/account/sign-in/\S+", text)[0])
    page.locator("main form button").click()
    page.wait_for_url(re.compile("/account$"))


def test_a_passkey_is_added_and_signs_in_and_is_removed(page, live, session, master):
    join(session, master, live.clock.now())
    sign_in(page, live)
    page.goto("/account/passkeys")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.locator("[data-passkey] button").click()
    page.locator("form[action*='/remove']").wait_for()
    page.goto("/account/settings")
    page.locator("form[action$='/sign-out'] button").click()
    page.wait_for_url(re.compile("/account/sign-in"))

    page.locator("[data-passkey] button").click()
    page.wait_for_url(re.compile("/account$"))
    assert page.locator("h1").inner_text() == "What you give"

    page.goto("/account/passkeys")
    page.locator("form[action*='/remove'] button").click()
    page.wait_for_load_state()
    assert page.locator("form[action*='/remove']").count() == 0


def test_a_passkey_we_do_not_know_is_refused_in_words(page, live, session, master):
    join(session, master, live.clock.now())
    sign_in(page, live)
    page.goto("/account/passkeys")
    page.locator("[data-passkey] button").click()
    page.locator("form[action*='/remove'] button").click()
    page.wait_for_load_state()
    page.goto("/account/settings")
    page.locator("form[action$='/sign-out'] button").click()
    page.wait_for_url(re.compile("/account/sign-in"))
    page.locator("[data-passkey] button").click()
    page.locator("[data-passkey] .error").wait_for()
    assert "This passkey was not accepted." in page.locator("[data-passkey] .error").inner_text()
