"""A running sandbox, Stripe's own SDK speaking to it, and an endpoint that takes its events."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import stripe

from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.server import Sandbox
from donations.sandbox.world import presented

SECRET = "whsec_suite"
DAY = 86_400


class Endpoint:
    """Takes webhooks, verifies them as an application does, and answers as told."""

    def __init__(self):
        self.events = []
        self.answers = []  # statuses to answer with first; then always 200
        self.on_event = None
        self.secret = SECRET
        endpoint = self

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                event = stripe.Webhook.construct_event(
                    body, self.headers["Stripe-Signature"], endpoint.secret
                )
                if endpoint.on_event:
                    endpoint.on_event(event)
                status = endpoint.answers.pop(0) if endpoint.answers else 200
                if status == 200:
                    endpoint.events.append(event)
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()

    def types(self):
        return [event.type for event in self.events]

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Shop:
    """What the tests do again and again through the SDK and the control API."""

    def __init__(self, sandbox, sdk):
        self.sandbox = sandbox
        self.sdk = sdk
        sdk.v1.products.create({"id": "support", "name": "Support"})

    def open(self, mode="payment", amount=1500, currency="usd", interval="month", **more):
        price = {"currency": currency, "unit_amount": amount, "product": "support"}
        if mode == "subscription":
            price["recurring"] = {"interval": interval}
        return self.sdk.v1.checkout.sessions.create(
            {
                "mode": mode,
                "success_url": "http://127.0.0.1:1/thanks?s={CHECKOUT_SESSION_ID}",
                "cancel_url": "http://127.0.0.1:1/support",
                "line_items": [{"quantity": 1, "price_data": price}],
                **more,
            }
        )

    def give(self, *, card="4242424242424242", method="card", challenge="complete", **more):
        """Open a session and pay it; the session afterwards."""
        session = self.open(**more)
        how = {"card": card} if method == "card" else {"method": method}
        self.sandbox.control("pay", {"session": session.id, "challenge": challenge, **how})
        return self.sdk.v1.checkout.sessions.retrieve(session.id)

    def join(self, **more):
        """A paid subscription."""
        session = self.give(mode="subscription", **more)
        return self.sdk.v1.subscriptions.retrieve(session.subscription)

    def charge(self, session):
        found = self.sdk.v1.payment_intents.retrieve(
            session.payment_intent, {"expand": ["latest_charge.balance_transaction"]}
        )
        return found.latest_charge

    def advance(self, **how):
        return self.sandbox.control("advance", how)

    def invoices(self, subscription):
        return self.sdk.v1.invoices.list({"subscription": subscription.id}).data

    def happened(self, *, since=0):
        """The names of the events so far, the oldest first."""
        events = list(self.sandbox.world.store.tables.get("event", {}).values())
        return [event["type"] for event in events[since:]]


@pytest.fixture
def sandbox():
    running = Sandbox(port=0, background_delivery=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def sdk(sandbox):
    client = stripe.RequestsClient()
    yield stripe.StripeClient(
        "sk_test_suite",
        base_addresses=dict.fromkeys(("api", "files", "connect", "meter_events"), sandbox.base_url),
        http_client=client,
    )
    client.close()


@pytest.fixture
def http(sandbox):
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = "Bearer sk_test_suite"
        yield session


@pytest.fixture
def shop(sandbox, sdk):
    return Shop(sandbox, sdk)


@pytest.fixture
def endpoint(sandbox):
    taking = Endpoint()
    sandbox.webhook_url = taking.url
    sandbox.courier.secret = SECRET
    yield taking
    taking.stop()


FORM = {
    "email": "v@example.org",
    "name": "Vera",
    "method": "card",
    "card_number": "4242424242424242",
    "expiry": "12/34",
    "cvc": "123",
}


class PageReader:
    """Fills in the hosted page of a session and sends it, without following where it leads."""

    def __init__(self, http, sdk):
        self.http = http
        self.sdk = sdk

    def see(self, session, language="en"):
        headers = {"Accept-Language": language}
        return self.http.get(session.url, headers=headers, allow_redirects=False)

    def send(self, session, *, without=(), **changes):
        form = {name: value for name, value in FORM.items() if name not in without}
        return self.http.post(session.url, data=form | changes, allow_redirects=False)

    def done(self, session, **changes):
        """Pay, and the session afterwards."""
        answer = self.send(session, **changes)
        assert answer.status_code == 303, answer.text
        assert session.id in answer.headers["Location"]
        return self.sdk.v1.checkout.sessions.retrieve(session.id)


@pytest.fixture
def reader(http, sdk):
    return PageReader(http, sdk)


class Members:
    """Makes customers and subscriptions through the API, without Checkout."""

    def __init__(self, sandbox, sdk):
        self.sandbox = sandbox
        self.sdk = sdk
        standing = sandbox.world.clock.wall()
        sandbox.world.clock.wall = lambda: standing  # to the second: the wall clock stands still
        sdk.v1.products.create({"id": "membership", "name": "Membership"})

    def customer(self, card="pm_card_visa", **more):
        """A customer whose invoices are paid with `card`; None for one without a method."""
        if card is None:
            return self.sdk.v1.customers.create(more)
        made = self.sdk.v1.customers.create({"payment_method": card, **more})
        [method] = self.sdk.v1.customers.payment_methods.list(made.id).data
        settings = {"invoice_settings": {"default_payment_method": method.id}}
        return self.sdk.v1.customers.update(made.id, settings)

    def price(self, amount=1500, *, currency="usd", interval="month", count=1):
        recurring = {"interval": interval, "interval_count": count}
        price = {"currency": currency, "unit_amount": amount, "product": "membership"}
        return price | {"recurring": recurring}

    def begin(self, amount=1500, *, customer=None, card="pm_card_visa", price=None, **more):
        owner = customer or self.customer(card)
        item = {"price_data": price or self.price(amount)}
        return self.sdk.v1.subscriptions.create(
            {"customer": owner.id, "items": [item], "off_session": True, **more}
        )

    def again(self, subscription):
        return self.sdk.v1.subscriptions.retrieve(subscription.id)

    def invoices(self, subscription):
        return self.sdk.v1.invoices.list({"subscription": subscription.id}).data

    def repriced(self, subscription, amount=2500, *, price=None, **more):
        [item] = subscription["items"].data
        wanted = {"id": item.id, "price_data": price or self.price(amount)}
        return self.sdk.v1.subscriptions.update(subscription.id, {"items": [wanted], **more})

    def now(self):
        return self.sandbox.world.clock.now()

    def go_to(self, text):
        """Move the sandbox to a moment yet to come, in UTC."""
        moment = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
        self.sandbox.control("advance", {"to": moment})

    def advance(self, **how):
        return self.sandbox.control("advance", how)


@pytest.fixture
def members(sandbox, sdk):
    return Members(sandbox, sdk)


@pytest.fixture
def clean(sandbox):
    """Afterwards every object that was made has the shape its type declares."""
    yield
    wrong = [
        (kind, entry["id"], problem)
        for kind, table in sandbox.world.store.tables.items()
        for entry in table.values()
        for problem in problems_of(presented(entry))
    ]
    assert wrong == []
