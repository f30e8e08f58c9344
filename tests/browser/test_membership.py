"""Everything a member may do, by the account and by the links of a letter, as a reader does it."""

from __future__ import annotations

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests_support.clicks import choose, pay, to_payment, wait_for_thanks

pytestmark = pytest.mark.browser
WAYS = [
    (language, script, way)
    for language in ("", "/ru")
    for script in (True, False)
    for way in ("account", "link")
]


class Member:
    """A reader who has just begun to give monthly."""

    def __init__(self, demo, page, language, script, email):
        self.demo, self.page, self.language = demo, page, language
        self.script, self.email, self.seen = script, email, 0
        choose(page, f"{language}/", "monthly", "1500")
        to_payment(page)
        pay(page, email)
        wait_for_thanks(page)
        self.receipt = demo.letter_to(email)["text"]
        self.name = None

    def sign_in(self):
        self.page.goto(f"{self.language}/account")
        assert "/account/sign-in" in self.page.url
        self.page.locator("#sign-in-email").fill(self.email)
        self.page.locator("button.give").click()
        letter = self.demo.letter_to(self.email, "/account/sign-in/")
        link = re.search(r"http\S+/account/sign-in/\S+", letter["text"])[0]
        self.page.goto(link)
        self.page.locator("main form button").click()
        self.page.wait_for_url(re.compile("/account$"))
        first = self.page.locator(".deeds a").first.get_attribute("href")
        self.name = re.search(r"/memberships/(\w+)/", first)[1]

    def open(self, action):
        """The page of an action: from the account, or by a link of a letter."""
        if self.name:
            self.page.goto(f"{self.language}/account/memberships/{self.name}/{action}")
        else:
            self.page.goto(self.link(action))
        self.look()

    def link(self, action):
        for letter in [self.receipt, *self.letters()]:
            found = re.search(rf"http\S+/support/act/{action}/\S+", letter)
            if found:
                return found[0]
        page = self.page  # what no letter offers is offered on the page of another action
        page.goto(self.link("amount"))
        return page.locator(f'a[href*="/act/{action}/"]').first.get_attribute("href")

    def letters(self):
        mine = [one for one in self.demo.letters() if self.email in one["to"]]
        return [one["text"] for one in mine]

    def look(self):
        """No barrier for anybody, and nothing wider than a telephone."""
        if self.script:
            found = Axe().run(self.page)
            assert found.violations_count == 0, found.generate_report()
            width = self.page.viewport_size["width"]
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width
        assert self.email not in self.page.url

    def press(self, button="main form button.give", *, letter=True):
        """Press the button, read what was noted, and wait for the letter that says it is true."""
        before = len(self.letters())
        self.page.locator(button).first.click()
        self.page.locator(".state.done").wait_for()
        self.look()
        if letter:
            self.wait_for_letters(before + 1)

    def wait_for_letters(self, count):
        deadline = time.monotonic() + 30
        while len(self.letters()) < count:
            assert time.monotonic() < deadline, "no letter said that it was done"
            time.sleep(0.2)

    def shown(self):
        """What the account says of it; by a link, what the page of ending it says."""
        if self.name:
            self.page.goto(f"{self.language}/account")
        else:
            self.page.goto(self.link("cancel"))
        return re.sub(r"\s+", " ", self.page.locator("main").inner_text())


@pytest.mark.parametrize(("language", "script", "way"), WAYS)
def test_a_member_changes_pauses_moves_and_ends_what_they_give(
    demo, open_page, language, script, way
):
    page = open_page(script=script, width=360 if script else 1440)
    email = f"{way}.{'script' if script else 'plain'}{language.strip('/')}@member.example"
    member = Member(demo, page, language, script, email)
    if way == "account":
        member.sign_in()

    member.open("amount")
    page.locator("#amount-1000").check()
    member.press()
    assert "10" in member.shown()
    rest_and_go_on(member)
    member.open("frequency")
    page.locator("#amount-10000").check()
    member.press()
    assert "100" in member.shown()
    put_in_another_card(member)
    member.open("cancel")
    member.press("main form button.quiet")
    member.open("keep")
    member.press()
    end_it(member)
    page.goto(f"{language}/account" if way == "account" else member.link("pause"))
    assert page.locator(".deeds a, main form.ask button").count() == 0


def rest_and_go_on(member):
    """Skip a payment and pause for months, go on again each time, and move the date."""
    member.open("skip")
    member.press()
    member.open("resume")
    member.press()
    member.open("pause")
    member.page.locator("#months").select_option("3")
    member.press()
    member.open("resume")
    member.press()
    member.open("move")
    day = member.page.locator("#day")
    day.fill(day.get_attribute("max"))
    member.press()


def put_in_another_card(member):
    """Another card on the payment service's page, which needs a script, and back."""
    page = member.page
    member.open("card")
    page.locator("main form button.give").click()
    page.wait_for_url(re.compile(re.escape(member.demo.sandbox_url)))
    page.locator("#card_number").fill("5555555555554444")
    page.locator("#expiry").fill("12 / 40")
    page.locator("#cvc").fill("123")
    page.locator("button.go").click()
    page.wait_for_url(re.compile("back=1"))
    member.look()
    member.press(letter=False)


def end_it(member):
    """Two clicks; why is asked afterwards only, and a letter acknowledges it."""
    page, before = member.page, len(member.letters())
    member.open("cancel")
    assert page.locator("[name=reason]").count() == 0
    page.locator("main form button.give").first.click()
    page.locator("form.why").wait_for()
    member.look()
    page.locator("#reason-money").check()
    page.locator("form.why button").click()
    page.locator("main h1").wait_for()
    member.wait_for_letters(before + 1)


@pytest.mark.parametrize("language", ["", "/ru"])
@pytest.mark.parametrize("script", [True, False])
def test_a_contract_is_ended_with_an_address_and_a_receipts_number(
    demo, open_page, language, script
):
    page = open_page(script=script, width=360)
    email = f"ends.{'script' if script else 'plain'}{language.strip('/')}@member.example"
    member = Member(demo, page, language, script, email)
    number = re.search(r"\b1\d{3}\b", member.receipt)[0]
    page.goto(f"{language}/cancel")
    member.look()
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=number]").fill(number)
    page.locator("main form button.give").first.click()
    page.wait_for_url(re.compile("/cancel/"))
    member.look()
    page.locator("main form button.give").first.click()
    page.locator("form.why").wait_for()
    member.look()
    member.wait_for_letters(2)
    assert any(number in letter for letter in member.letters())


ROOMS = (
    *("", "/history", "/receipts", "/letters", "/settings", "/language", "/naming", "/passkeys"),
    *("/data", "/data/erase", "/email"),
)


@pytest.mark.parametrize("language", ["", "/ru"])
def test_every_room_of_the_account_meets_wcag_by_day_and_by_night(demo, open_page, language):
    email = f"rooms{language.strip('/')}@member.example"
    page = open_page(width=360)
    member = Member(demo, page, language, True, email)
    member.sign_in()
    for dark in (False, True):
        page.emulate_media(color_scheme="dark" if dark else "light")
        for room in ROOMS:
            page.goto(f"{language}/account{room}")
            assert page.locator("h1").first.is_visible()
            member.look()
    cookies = page.context.cookies(demo.base_url)
    assert [cookie["name"] for cookie in cookies] == ["account"]
