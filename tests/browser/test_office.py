"""Finance finds to the cent what readers gave in the browser."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from tests_support.clicks import choose, pay, to_payment, wait_for_thanks

from donations.reports.catalogue import REPORTS

pytestmark = pytest.mark.browser
PAGES = (
    *("", "income", "gifts", "supporters", "inbox", "reports", "journal", "exceptions", "closing"),
    *("payouts", "bank", "bank/import", "offline", "funds", "benefits"),
    *("jobs", "mail", "mail/receipt-monthly?language=ru", "suppressions"),
)


@pytest.fixture(scope="module")
def cookies():
    return []


@pytest.fixture
def office(demo, open_page, cookies):
    """Signed in, once for all; the code of a step works once, so the next one may be needed."""
    page = open_page()
    page.context.add_cookies(cookies)
    page.goto("/office/")
    if cookies:
        return page
    for ahead in (0, 1):
        page.get_by_label("Login").fill("demo")
        page.get_by_label("Password").fill(demo.secrets["password"])
        code = pyotp.TOTP(demo.secrets["totp"])
        page.get_by_label("Code").fill(code.at(time.time() + 30 * ahead))
        page.get_by_role("button", name="Sign in").click()
        if page.get_by_role("button", name="Sign out").count():
            cookies.extend(page.context.cookies())
            return page
    raise AssertionError(page.content())


@pytest.fixture
def some_gift(office, open_page):
    """At least one gift in the books, whichever tests ran before."""
    office.goto("/office/gifts")
    if not office.locator("tbody a").count():
        reader = open_page()
        choose(reader, "/support", "once", "2500")
        to_payment(reader)
        pay(reader, "some.gift@reader.example")
        wait_for_thanks(reader)


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


def test_the_inbox_shows_every_event_and_replays_one(office, some_gift):
    office.goto("/office/inbox")
    assert "Applied" in office.locator("tbody").last.inner_text()
    office.get_by_role("button", name="Replay").first.click()
    assert office.get_by_role("heading", name="What Stripe told us").is_visible()


def test_every_office_page_meets_wcag_and_fits_its_window(office, some_gift, open_page, cookies):
    office.goto("/office/gifts")
    gift = office.locator("tbody a").first.get_attribute("href")
    office.goto("/office/supporters")
    supporter = office.locator("tbody a").first.get_attribute("href")
    lists = [f"/office/{name}" for name in PAGES]
    lists += [f"/office/reports/{report.name}?period=all" for report in REPORTS]
    for width, dark in ((360, True), (1440, False)):
        page = open_page(width=width, dark=dark)
        page.context.add_cookies(cookies)
        for path in (*lists, gift, supporter):
            page.goto(path)
            found = Axe().run(page)
            assert found.violations_count == 0, (path, width, found.generate_report())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_tables_can_be_worked_by_keyboard(office, some_gift):
    office.goto("/office/gifts")
    office.keyboard.press("j")
    office.keyboard.press("Enter")
    office.wait_for_url("**/office/gifts/*")
    office.goto("/office/supporters")
    office.keyboard.press("/")
    assert office.evaluate("document.activeElement.name") == "number"
    with office.expect_download() as export:
        office.locator("h1").click()
        office.keyboard.press("e")
    assert export.value.suggested_filename.startswith("supporters-")


def test_letters_are_shown_by_day_and_by_night_and_run_nothing(office):
    office.goto("/office/mail/receipt-monthly?language=ru")
    office.wait_for_load_state("networkidle")
    shown = [
        frame.evaluate("[getComputedStyle(document.body).backgroundColor, window.origin]")
        for frame in office.frames[1:]
    ]
    assert shown == [["rgb(251, 250, 246)", "null"], ["rgb(20, 22, 26)", "null"]] * 2
