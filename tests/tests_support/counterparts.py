"""Who plays Stripe in the flows: the sandbox, or Stripe itself with a test key.

Both take the same orders, so that the same flows run against either.  What only a sandbox can do
(faults, a look behind the scenes) stays on `sandbox`, and flows that need it say so by the marker
`sandbox_only`.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import requests
import stripe
from playwright.sync_api import TimeoutError as NeverCame
from playwright.sync_api import sync_playwright

from donations.sandbox.deliveries import signature
from donations.sandbox.server import Sandbox
from tests_support.chromium import FLAGS, installed

HOUR = 3600
BASES = ("api", "files", "connect", "meter_events")


class Simulated:
    """The sandbox on a port of this machine."""

    def __init__(self, webhook_secret, *, background=False, events=("*",), late=False):
        """`late` books fees some seconds after the payment, as Stripe may."""
        self.sandbox = Sandbox(
            port=0, webhook_secret=webhook_secret, background_delivery=background, events=events
        ).start()
        self.settings = {"STRIPE_API_BASE": self.sandbox.base_url}
        self.late = late
        self.sandbox.control("faults", {"late_balance_transaction": late})

    def listen(self, url):
        self.sandbox.webhook_url = url

    def deliver(self):
        """Tell everything there is to tell; whether anything was."""
        if self.late:
            self.sandbox.control("advance", {"seconds": 10})
        return self.sandbox.flush()["delivered"]

    def pay(self, reader, *, card, iban, email, name):
        method = {"method": "sepa_debit", "iban": iban} if iban else {"method": "card"}
        fields = {"card_number": card, "expiry": "12 / 40", "cvc": "123"} if card else {}
        return reader.send(0, email=email, name=name, **method, **fields)

    def authenticate(self, reader):
        return reader.send(0, outcome="complete")

    def renew(self):
        """Let time pass until the next renewal."""
        self.sandbox.control("advance", {"until_next_renewal": True})

    def pass_days(self, days):
        self.sandbox.control("advance", {"days": days})

    def bank_decides(self, *, paid):
        session = list(self.sandbox.world.store.tables["checkout.session"])[-1]
        outcome = "succeeded" if paid else "failed"
        self.sandbox.control("async_payment", {"session": session, "outcome": outcome})

    def refund(self, amount):
        """Give back a part of the newest payment."""
        payment = list(self.sandbox.world.store.tables["payment_intent"])[-1]
        self.sandbox.control("refund", {"payment_intent": payment, "amount": amount})

    def stop(self):
        self.sandbox.stop()


class Real:
    """Stripe's own test mode: its hosted page in a browser, its test clocks, its events relayed.

    Events are fetched and posted to the application, signed, as a tunnel would; no endpoint has to
    be reachable from outside.  `api_base` points it at a sandbox, to try this class itself.
    """

    sandbox = None

    def __init__(self, key, webhook_secret, api_base=""):
        assert key.startswith(("sk_test_", "rk_test_")), "only a test key may be used here"
        self.settings = {"STRIPE_SECRET_KEY": key, "STRIPE_API_BASE": api_base}
        self._http = stripe.RequestsClient(timeout=(5, 60))
        self._sdk = stripe.StripeClient(
            key,
            max_network_retries=4,
            http_client=self._http,
            base_addresses=dict.fromkeys(BASES, api_base) if api_base else None,
        )
        self._secret = webhook_secret
        self._started = int(time.time()) - 1
        self._told = set()
        self._clock = None
        self._hands = ThreadPoolExecutor(max_workers=1)
        self._driver = self._browser = self._page = None
        self.patience = 1 if api_base else 5

    def listen(self, url):
        self._url = url

    def deliver(self):
        """Relay what happened since the start until nothing more comes for a while."""
        told, quiet_since = 0, time.monotonic()
        while time.monotonic() - quiet_since < self.patience:
            for event in self._untold():
                self._relay(event)
                told, quiet_since = told + 1, time.monotonic()
            time.sleep(0.2)
        return told

    def pay(self, reader, *, card, iban, email, name):
        assert not iban, "the delayed payment is tried against the sandbox only"
        return self._in_browser(self._fill_in, reader, card, email, name)

    def _fill_in(self, reader, card, email, name):
        page = self._at(reader.page.url)
        page.fill("#email", email)
        for field, value in (
            ("#cardNumber, #card_number", card),
            ("#cardExpiry, #expiry", "12 / 40"),
            ("#cardCvc, #cvc", "123"),
            ("#billingName, #name", name),
        ):
            page.locator(field).first.fill(value)
        page.locator("button.SubmitButton, button.go").first.click()
        return self._landed(reader)

    def authenticate(self, reader):
        return self._in_browser(self._pass_challenge, reader)

    def _pass_challenge(self, reader):
        for frame in self._page.frames:
            found = frame.locator("#test-source-authorize-3ds, button[value=complete]")
            if found.count():
                found.first.click()
                return self._landed(reader)
        raise AssertionError("no 3-D Secure challenge was shown")

    def renew(self):
        [subscription] = self._sdk.v1.subscriptions.list({"limit": 1, "status": "all"}).data
        ends = subscription["items"].data[0].current_period_end
        self._advance(subscription.customer, ends + 2 * HOUR)

    def pass_days(self, days):
        assert self._clock, "time passes for a membership that has renewed before"
        now = self._sdk.v1.test_helpers.test_clocks.retrieve(self._clock).frozen_time
        self._advance(None, now + days * 24 * HOUR)

    def refund(self, amount):
        [payment] = self._sdk.v1.payment_intents.list({"limit": 1}).data
        self._sdk.v1.refunds.create({"payment_intent": payment.id, "amount": amount})

    def stop(self):
        if self._clock:
            self._sdk.v1.test_helpers.test_clocks.delete(self._clock)
        self._in_browser(self._close)
        self._hands.shutdown()
        self._http.close()

    def _in_browser(self, deed, *given):
        """Playwright wants a thread to itself: other tests drive a browser in theirs."""
        return self._hands.submit(deed, *given).result()

    def _close(self):
        if self._browser:
            self._browser.close()
            self._driver.stop()

    def _advance(self, customer, moment):
        clocks = self._sdk.v1.test_helpers.test_clocks
        if self._clock is None:
            now = {"frozen_time": int(time.time()), "customer": customer}
            self._clock = clocks.create(now).id
        clocks.advance(self._clock, {"frozen_time": moment})
        for _ in range(300):
            if clocks.retrieve(self._clock).status == "ready":
                return
            time.sleep(0.2)
        raise AssertionError("the test clock did not arrive")

    def _untold(self):
        listed = self._sdk.v1.events.list({"created": {"gte": self._started}, "limit": 100})
        fresh = [each for each in listed.auto_paging_iter() if each.id not in self._told]
        return reversed(fresh)

    def _relay(self, event):
        body = json.dumps(event.to_dict(), default=str)  # the SDK reads some numbers as Decimal
        headers = {"Stripe-Signature": signature(body, self._secret, int(time.time()))}
        requests.post(self._url, data=body, headers=headers, timeout=30).raise_for_status()
        self._told.add(event.id)

    def _at(self, url):
        if self._browser is None:
            self._driver = sync_playwright().start()
            self._browser = self._driver.chromium.launch(
                executable_path=installed(), args=list(FLAGS)
            )
            self._page = self._browser.new_page(locale="en-US")
        if self._page.url.split("?")[0] != url.split("?")[0]:
            self._page.goto(url)
        return self._page

    def _landed(self, reader):
        """Where the reader is once the page has made up its mind."""
        try:
            self._page.wait_for_url(
                lambda url: url.startswith(reader.live.base_url), timeout=15_000
            )
        except NeverCame:
            return Shown(self._page.url, self._page.inner_text("body"))
        return reader.http.get(self._page.url, timeout=30)


class Shown:
    """A page of somebody else's, as far as the flows look at it."""

    status_code = 200

    def __init__(self, url, text):
        self.url, self.text = url, text
