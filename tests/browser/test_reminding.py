"""From "Remind me in March" through the letter to a gift, in a browser and with a clock that moves."""

from __future__ import annotations

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import create_engine, select
from tests_support.clicks import pay
from tests_support.counterparts import Simulated
from tests_support.live import Live
from tests_support.outbox import FakeTransport

from donations.inbox.handlers import HANDLERS
from donations.kernel.clock import MovableClock
from donations.kernel.database import db, prepare_engine
from donations.migrations import schema
from donations.reminders.models import Reminder
from donations.reminders.purposes import AGAIN, NEVER

pytestmark = pytest.mark.browser
ZONE = "Europe/Amsterdam"


class Newsroom:
    """The application with a clock of its own, run beside the browser's thread."""

    def __init__(self, folder):
        environment = {
            "DATABASE_URL": f"sqlite:///{folder}/reminding.db",
            "SECRET_KEY": "0123456789abcdef" * 3,
            "VAULT_KEY": base64.b64encode(bytes(range(32))).decode(),
            "STRIPE_SECRET_KEY": "sk_test_suite",
            "STRIPE_WEBHOOK_SECRET": "whsec_suite",
            "MAIL_URL": "smtp://127.0.0.1:9",
            "NEWSROOM_NAME": "The Moscow Times",
            "NEWSROOM_CONTACT": "support@newsroom.example",
            "NEWSROOM_MAIL_FROM": "post@mail.example",
            "NEWSROOM_TIMEZONE": ZONE,
            "NEWSROOM_REMINDER_HOLDOUT": "0",
        }
        self._hands = ThreadPoolExecutor(max_workers=1)
        self.clock = MovableClock(datetime.now(UTC))
        self.do(self._open, environment)

    def do(self, deed, *given):
        """Do something where no browser's loop is running."""
        return self._hands.submit(deed, *given).result()

    def _open(self, environment):
        engine = prepare_engine(create_engine(environment["DATABASE_URL"]))
        schema.upgrade(engine, zone=ZONE)
        engine.dispose()
        self.outbox = FakeTransport()
        stripe = Simulated(environment["STRIPE_WEBHOOK_SECRET"], events=sorted(HANDLERS))
        self.live = Live(environment, self.outbox, stripe=stripe, clock=self.clock)

    def close(self):
        self.do(self.live.stop)
        self._hands.shutdown()

    def go_to(self, moment):
        """Let the clocks here and at the payment page pass to a moment, and do all that is due."""
        self.do(self._go_to, moment)

    def _go_to(self, moment):
        seconds = int((moment - self.clock.now()).total_seconds())
        self.live.sandbox.control("advance", {"seconds": max(seconds, 0)})
        self.clock.at = moment
        self.live.worker.tick()
        self.live.settle()

    def settle(self):
        self.do(self.live.settle)

    def letters(self, subject=None):
        return [letter for letter in self.outbox.messages if subject in (None, letter["Subject"])]

    def reminder(self):
        def found():
            with self.live.app.app_context():
                return db.session().scalars(select(Reminder)).one()

        return self.do(found)

    def link(self, purpose, page):
        token = self.live.house.signer.sign_lasting(purpose, self.reminder().public_id)
        return f"/remind-me/{page}/{token}"


@pytest.fixture
def newsroom(tmp_path):
    opened = Newsroom(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def visit(chromium, newsroom):
    """A page that fails the test on a script error or a refused policy."""
    contexts, wrongs = [], []

    def opened(*, script=True, width=1440, dark=False):
        context = chromium.new_context(
            java_script_enabled=script,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            base_url=newsroom.live.base_url,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrongs.append(f"script: {error}"))
        page.on("console", lambda said: wrongs.append(said.text) if said.type == "error" else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not [wrong for wrong in wrongs if "script" in wrong or "Policy" in wrong]


def body(letter):
    return letter.get_body(("plain",)).get_content()


@pytest.mark.parametrize("script", [True, False])
def test_a_reminder_for_a_month_leads_through_its_letter_to_a_gift(newsroom, visit, script):
    page = visit(script=script, width=360)
    page.goto("/")
    page.locator("#remind summary").first.click()
    choice = page.locator("form.remind .choice input").nth(2)
    choice.check()
    month = date.fromisoformat(choice.input_value() + "-01")
    promise = page.locator(".promise").inner_text().strip()
    assert promise == f"One e-mail in {month:%B}, then never again."
    page.locator("#reminder-email").fill("later@reader.example")
    button = page.locator("form.remind button.quiet")
    assert button.inner_text().strip() == f"Remind me in {month:%B}"
    button.click()
    page.wait_for_load_state()
    assert page.get_by_text(promise).is_visible()

    [marker] = page.context.cookies()
    assert (marker["name"], marker["value"]) == ("quiet-until", f"{month:%Y-%m}")
    assert marker["httpOnly"] and marker["sameSite"] == "Lax"
    assert datetime.fromtimestamp(marker["expires"], UTC).date() in {
        month,
        month - timedelta(days=1),
    }
    page.goto("/")
    assert page.get_by_text(f"You asked us to wait until {month:%B}.").is_visible()
    assert page.locator("#give").count() == 0
    page.get_by_role("button", name="Ask me again").click()
    page.wait_for_url(re.compile("/#support$"))
    assert page.locator("#give").is_visible()
    assert page.context.cookies() == []

    due = datetime(month.year, month.month, 1, 12, tzinfo=UTC)
    newsroom.go_to(due - timedelta(days=2))
    assert newsroom.letters() == []
    newsroom.go_to(due)
    [letter] = newsroom.letters()
    assert "Moscow" not in letter["Subject"]
    link = re.search(r"http\S+/support\?\S*reminder=\S+", body(letter))[0]

    page.goto(link)
    page.locator("#give button.give").click()
    page.wait_for_load_state()
    if not script:
        page.locator("main button.give").click()
    page.wait_for_url(re.compile("/c/pay/"))
    pay(page, "later@reader.example")
    newsroom.settle()
    page.wait_for_url(re.compile("/support/thanks/"))
    page.reload()
    page.locator(".state.done").wait_for()

    reminder = newsroom.reminder()
    assert reminder.opened_at is not None and reminder.gave_at is not None
    assert reminder.email_index not in (None, b"")
    before = len(newsroom.letters(letter["Subject"]))
    newsroom.go_to(due + timedelta(days=60))
    assert len(newsroom.letters(letter["Subject"])) == before == 1


def test_with_a_script_a_day_is_said_as_soon_as_it_is_picked(visit):
    page = visit()
    page.goto("/remind-me")
    page.locator(".further summary").first.click()
    page.locator("#when-on").check()
    day = date.today() + timedelta(days=100)
    page.locator("#reminder-day").fill(day.isoformat())
    said = f"{day:%B} {day.day}, {day.year}"
    button = page.locator("form.remind button.quiet")
    assert button.inner_text().strip() == f"Remind me on {said}"
    page.locator("#reminder-second").check()
    promise = page.locator(".promise").inner_text().strip()
    assert promise == f"One e-mail on {said} and one more two weeks later, then never again."
    page.locator("#reminder-email").fill("day@reader.example")
    button.click()
    page.wait_for_load_state()
    assert page.get_by_text(promise).is_visible()


def test_with_a_script_the_reminder_takes_over_the_gift_of_the_ask(newsroom, visit):
    page = visit()
    page.goto("/support")
    assert page.locator(".kept[hidden]").count() == 1
    page.locator("#remind summary").first.click()
    assert not page.locator(".kept").is_visible()
    page.locator("#frequency-once").check()
    page.locator("#amount-once-10000").check()
    kept = page.locator(".kept")
    assert kept.inner_text().strip() == "Fill in for me then: $100, Once"
    hidden = page.locator("form.remind [name=amount]")
    assert hidden.input_value() == "100"
    page.locator("#reminder-kept").uncheck()
    assert hidden.input_value() == ""
    page.locator("#amount-once-other").check()
    page.locator("#other-once").fill("17.50")
    page.locator("#reminder-kept").check()
    assert kept.inner_text().strip() == "Fill in for me then: $17.50, Once"
    page.locator("#reminder-email").fill("gift@reader.example")
    page.locator("form.remind button.quiet").click()
    page.wait_for_load_state()
    reminder = newsroom.reminder()
    assert (reminder.frequency, reminder.amount_minor) == ("once", 1750)


@pytest.mark.parametrize("script", [True, False])
def test_after_this_article_folds_the_banner_and_keeps_nothing(visit, script):
    page = visit(script=script, width=360)
    page.goto("/")
    page.get_by_role("link", name="After this article").click()
    assert not page.locator(".banner").is_visible()
    assert page.locator("#give").count() == 1
    assert page.context.cookies() == []


@pytest.mark.parametrize("script", [True, False])
def test_a_calendar_entry_is_taken_without_an_address(visit, script):
    page = visit(script=script)
    page.goto("/remind-me")
    page.locator("#reminder-email").fill("typed@reader.example")
    page.get_by_role("button", name="Put it in your own calendar").click()
    page.wait_for_url(re.compile(r"/remind-me/calendar\?when="))
    assert "typed" not in page.url
    with page.expect_download() as download:
        page.get_by_role("link", name="Get the calendar file").click()
    assert download.value.suggested_filename == "reminder.ics"
    assert page.context.cookies() == []


def test_every_page_of_reminders_meets_wcag_and_fits_its_window(newsroom, visit):
    page = visit(script=False)
    page.goto("/remind-me")
    page.locator("#reminder-email").fill("later@reader.example")
    page.locator("form.remind button.quiet").click()
    page.wait_for_load_state()
    paths = (
        "/",
        "/remind-me?frequency=once&amount=5000&stage=after",
        "/remind-me/calendar?when=every-1",
        newsroom.link(AGAIN, "again"),
        newsroom.link(NEVER, "never"),
    )
    marker = page.context.cookies()
    for language in ("", "/ru"):
        for path in paths:
            for dark in (False, True):
                shown = visit(width=320, dark=dark)
                shown.context.add_cookies(marker)
                shown.goto(language + path)
                shown.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                found = Axe().run(shown)
                assert found.violations_count == 0, found.generate_report()
                assert shown.evaluate("document.documentElement.scrollWidth") <= 320
