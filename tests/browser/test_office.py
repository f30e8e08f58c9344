"""Finance finds to the cent what readers gave in the browser."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from tests_support.clicks import choose, pay, to_payment, wait_for_thanks

pytestmark = pytest.mark.browser


@pytest.fixture
def office(demo, open_page):
    """Signed in; the code of a step works once, so the step after it is used when needed."""
    page = open_page()
    page.goto("/office/")
    for ahead in (0, 1):
        page.get_by_label("Login").fill("demo")
        page.get_by_label("Password").fill(demo.secrets["password"])
        code = pyotp.TOTP(demo.secrets["totp"])
        page.get_by_label("Code").fill(code.at(time.time() + 30 * ahead))
        page.get_by_role("button", name="Sign in").click()
        if page.get_by_role("button", name="Sign out").count():
            return page
    raise AssertionError(page.content())


def test_what_readers_gave_is_in_the_office_to_the_cent(demo, open_page, office):
    reader = open_page()
    for frequency, amount in (("once", "25000"), ("monthly", "3000"), ("annual", "25000")):
        choose(reader, "/support?currency=gbp", frequency, amount)
        to_payment(reader)
        pay(reader, f"ledger.{frequency}@reader.example")
        wait_for_thanks(reader)
    office.goto("/office/gifts?currency=gbp")
    assert office.locator("tbody tr").count() == 3
    office.goto("/office/income")
    lines = office.locator("tbody tr", has_text="GBP").all_inner_texts()
    assert sorted(re.search(r"£[\d,.]+", line)[0] for line in lines) == [
        "£250.00",
        "£250.00",
        "£30.00",
    ]
    total = office.locator("tfoot tr", has_text="GBP").inner_text()
    assert "£530.00" in total
    ties = office.locator("tfoot .tie").all_inner_texts()
    assert ties
    assert all(re.search(r"difference\s+\D?0(\.00)?\s", tie) for tie in ties), ties
    office.locator("tbody a").first.click()
    office.goto("/office/supporters")
    office.locator("tbody a").first.click()
    assert office.get_by_text("ledger.annual@reader.example").is_visible()
    office.locator(".timeline a").first.click()
    assert office.get_by_text("Stripe balance").is_visible()


def test_the_inbox_shows_every_event_and_replays_one(office):
    office.goto("/office/inbox")
    assert "Applied" in office.locator("tbody").last.inner_text()
    office.get_by_role("button", name="Replay").first.click()
    assert office.get_by_role("heading", name="What Stripe told us").is_visible()
