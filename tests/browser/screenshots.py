"""`make screenshots`: starts the demonstration, gives a little, and takes README's pictures."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pyotp
from books_scene import PASSWORD, Books
from member_scene import member_pages, sign_in
from playwright.sync_api import sync_playwright
from tests_support.chromium import FLAGS, installed
from tests_support.clicks import choose, pay, to_payment, wait_for_thanks

PICTURES = Path(__file__).parent / "screenshots"
PORTS = {
    "DEMO_PORT": "8100",
    "SANDBOX_PORT": "8120",
    "MAIL_CATCHER_PORT": "8125",
    "MAIL_CATCHER_SMTP_PORT": "8126",
}
BASE = f"http://127.0.0.1:{PORTS['DEMO_PORT']}"
MAIL = f"http://127.0.0.1:{PORTS['MAIL_CATCHER_PORT']}"
SANDBOX = f"http://127.0.0.1:{PORTS['SANDBOX_PORT']}"
GIFTS = (
    ("usd", "monthly", "1500", "4242424242424242"),
    ("usd", "once", "10000", "4242424242424242"),
    ("eur", "annual", "10000", "4242424242424242"),
    ("gbp", "monthly", "1000", "4242424242424242"),
    ("jpy", "once", "5000", "4242424242424242"),
    ("usd", "once", "5000", "4000000000000259"),
)


def asked_of_the_sandbox(path, **form):
    """One answer of the sandbox's API."""
    request = urllib.request.Request(
        f"{SANDBOX}{path}",
        data=urllib.parse.urlencode(form).encode() if form else None,
        headers={"Authorization": "Bearer sk_test_screenshots"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def portal_address():
    """The billing portal of the newest member."""
    [member] = asked_of_the_sandbox("/v1/subscriptions?limit=1")["data"]
    session = asked_of_the_sandbox(
        "/v1/billing_portal/sessions", customer=member["customer"], return_url=BASE
    )
    return session["url"]


def wait_until_up():
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{BASE}/readyz").close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the demonstration did not start")


def take(browser, folder):
    def page(width, *, dark=False):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            base_url=BASE,
        )
        return context.new_page()

    def picture(shown, name, *, full=True):
        shown.screenshot(path=PICTURES / f"{name}.png", full_page=full)

    reader = page(1200)
    for number, (currency, frequency, amount, card) in enumerate(GIFTS):
        choose(reader, f"/support?currency={currency}", frequency, amount)
        to_payment(reader)
        if number == 1:
            picture(reader, "payment", full=False)
        pay(reader, f"reader{number}@reader.example", card)
        wait_for_thanks(reader)
        if number == 1:
            picture(reader, "thanks")
    for name, path, width, dark in (
        ("appeal", "/support", 1200, False),
        ("appeal-russian-dark", "/ru/support", 390, True),
        ("article", "/", 390, False),
    ):
        shown = page(width, dark=dark)
        shown.goto(path)
        picture(shown, name)
    member = page(900)
    sign_in(member, MAIL, "reader0@reader.example")
    picture(member, "account")
    for name, path in member_pages(member).items():
        member.goto(path)
        picture(member, name)
    member = page(390, dark=True)
    sign_in(member, MAIL, "reader2@reader.example", "/ru")
    picture(member, "account-russian-dark")
    sandbox = page(1200)
    sandbox.goto(SANDBOX)
    picture(sandbox, "sandbox-dashboard", full=False)
    sandbox.goto(portal_address())
    picture(sandbox, "sandbox-portal", full=False)
    office = page(1200)
    secrets = json.loads((folder / "secrets.json").read_text())
    office.goto("/office/")
    office.get_by_label("Login").fill("demo")
    office.get_by_label("Password").fill(secrets["password"])
    office.get_by_label("Code").fill(pyotp.TOTP(secrets["totp"]).now())
    office.get_by_role("button", name="Sign in").click()
    for name, path in (("office", ""), ("office-income", "income"), ("office-gifts", "gifts")):
        office.goto(f"/office/{path}")
        picture(office, name, full=False)


def take_books(browser, folder):
    """The books of two months: bank lines in, payouts tied, a month to close."""
    books = Books(folder)
    context = browser.new_context(
        viewport={"width": 1200, "height": 900}, base_url=books.live.base_url
    )
    office = context.new_page()
    office.goto("/office/")
    office.get_by_label("Login").fill(books.login)
    office.get_by_label("Password").fill(PASSWORD)
    office.get_by_label("Code").fill(books.code())
    office.get_by_role("button", name="Sign in").click()
    office.goto("/office/bank/import")
    file = {"name": "bank.xml", "mimeType": "application/xml", "buffer": books.statement()}
    office.set_input_files("input[type=file]", files=[file])
    office.locator("main form button").first.click()
    office.goto("/office/closing")
    office.locator("main .card a").first.click()
    office.screenshot(path=PICTURES / "office-closing.png")
    office.goto("/office/reports/stripe-balance?period=all&currency=usd")
    office.screenshot(path=PICTURES / "office-balance.png")
    office.goto("/office/payouts")
    office.locator("tbody tr", has_text="$78.10").locator("a").first.click()
    office.screenshot(path=PICTURES / "office-payout.png")
    books.live.stop()


def pictures_of_books():
    """In a thread of its own: the browser's loop and the application's do not share one."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=list(FLAGS))
        take_books(browser, folder)
        browser.close()


def main():
    PICTURES.mkdir(exist_ok=True)
    thread = threading.Thread(target=pictures_of_books)
    thread.start()
    thread.join()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "instance"
        demo = subprocess.Popen(
            [sys.executable, "-m", "donations", "demo"],
            env={**os.environ, **PORTS, "DEMO_FOLDER": str(folder)},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_until_up()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=installed(), args=list(FLAGS))
                take(browser, folder)
                browser.close()
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(60)


if __name__ == "__main__":
    main()
