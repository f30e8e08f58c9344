"""Deliveries seen from the endpoint: signed, tried again, and as unruly as a fault orders."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

SECRET = "whsec_sandbox"


class Endpoint:
    """A webhook endpoint that answers `status` and keeps the events whose signature holds."""

    def __init__(self):
        self.status = 200
        self.events = []
        self.calls = 0
        self.before_answer = lambda: None
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.calls += 1
                endpoint.signed_at = int(self.headers["Stripe-Signature"][2:].partition(",")[0])
                stripe.WebhookSignature.verify_header(
                    body.decode(), self.headers["Stripe-Signature"], SECRET, tolerance=300
                )
                endpoint.before_answer()
                endpoint.events.append(json.loads(body))
                self.send_response(endpoint.status)
                if endpoint.status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                endpoint.calls += 1
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def types(self):
        return [event["type"] for event in self.events]


@pytest.fixture
def endpoint(sandbox):
    running = Endpoint()
    sandbox.webhook_url = running.url
    yield running
    running.stop()


def three_products(sdk):
    return [sdk.v1.products.create({"name": name}).id for name in ("one", "two", "three")]


def ids(endpoint):
    return [event["data"]["object"]["id"] for event in endpoint.events]


def test_events_arrive_signed_and_in_order(sandbox, sdk, endpoint):
    made = three_products(sdk)
    assert sandbox.flush() == {"delivered": 3, "failed": 0, "pending": 0}
    assert ids(endpoint) == made


def test_signatures_carry_the_wall_time_though_the_sandbox_is_a_year_ahead(sandbox, sdk, endpoint):
    sandbox.control("advance", {"months": 12})
    three_products(sdk)
    assert sandbox.flush()["delivered"] == 3
    assert abs(endpoint.signed_at - time.time()) < 60  # the SDK itself lets a future time pass


@pytest.mark.parametrize("status", [302, 400, 500])
def test_anything_but_a_2xx_is_delivered_again(sandbox, sdk, endpoint, status):
    sdk.v1.products.create({"name": "one"})
    endpoint.status = status
    assert sandbox.flush() == {"delivered": 0, "failed": 1, "pending": 1}
    assert endpoint.calls == 1
    endpoint.status = 200
    assert sandbox.flush() == {"delivered": 1, "failed": 0, "pending": 0}


def test_after_three_retries_an_event_is_only_to_be_found_in_the_list(sandbox, sdk, endpoint):
    sdk.v1.products.create({"name": "one"})
    endpoint.status = 500
    for _ in range(4):
        sandbox.flush()
    assert sandbox.flush() == {"delivered": 0, "failed": 0, "pending": 0}
    missed = sdk.v1.events.list({"delivery_success": False, "types": ["product.created"]})
    assert len(missed.data) == 1


def test_an_endpoint_that_is_down_loses_nothing(sandbox, sdk, endpoint):
    alive = sandbox.webhook_url
    sandbox.webhook_url = "http://127.0.0.1:1/hook"
    sdk.v1.products.create({"name": "one"})
    assert sandbox.flush()["failed"] == 1
    sandbox.webhook_url = alive
    assert sandbox.flush()["delivered"] == 1


def test_faults_double_reverse_and_drop(sandbox, sdk, endpoint):
    sandbox.control("faults", {"duplicate": True, "reverse": True})
    made = three_products(sdk)
    sandbox.flush()
    assert ids(endpoint) == [each for each in reversed(made) for _ in range(2)]
    endpoint.events.clear()
    sandbox.control("faults", {"clear": True, "drop": 2})
    made = three_products(sdk)
    assert sandbox.flush()["delivered"] == 1
    assert ids(endpoint) == made[2:]


def test_a_duplicate_is_the_same_event_twice(sandbox, sdk, endpoint):
    sandbox.control("faults", {"duplicate": True})
    sdk.v1.products.create({"name": "one"})
    sandbox.flush()
    first, second = endpoint.events
    assert first["id"] == second["id"]


def test_the_receiver_may_call_the_api_before_it_answers(sandbox, sdk, endpoint):
    product = sdk.v1.products.create({"name": "one"})
    asked = []
    endpoint.before_answer = lambda: asked.append(sdk.v1.products.retrieve(product.id).name)
    assert sandbox.flush()["delivered"] == 1
    assert asked == ["one"]


def test_an_event_shows_its_object_as_it_was_then(sandbox, sdk, endpoint):
    customer = sdk.v1.customers.create({"name": "Before"})
    sdk.v1.customers.update(customer.id, {"name": "After"})
    sandbox.flush()
    created, updated = endpoint.events
    assert created["data"]["object"]["name"] == "Before"
    assert updated["data"]["object"]["name"] == "After"
    assert updated["data"]["previous_attributes"] == {"name": "Before"}


def test_an_event_keeps_also_what_lay_deep_inside_its_object(sandbox, sdk, shop):
    session = shop.give(mode="subscription")
    first = sdk.v1.subscriptions.retrieve(session.subscription)["items"].data[0]
    sandbox.control("advance", {"until_next_renewal": True})
    [created] = sdk.v1.events.list({"type": "customer.subscription.created"}).data
    [item] = created.data.object["items"].data
    assert item.current_period_end == first.current_period_end


def test_one_time_payment_tells_its_story_in_stripes_order(sandbox, shop, endpoint):
    shop.give()
    sandbox.flush()
    story = [name for name in endpoint.types if not name.startswith(("product", "customer"))]
    assert story == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]


def test_a_membership_begins_after_its_payment(sandbox, shop, endpoint):
    shop.give(mode="subscription")
    sandbox.flush()
    order = endpoint.types.index
    assert order("payment_intent.succeeded") < order("customer.subscription.created")
    assert order("customer.subscription.created") < order("invoice.paid")
    assert order("invoice.paid") < order("checkout.session.completed") < order("charge.updated")


def test_a_disputing_card_disputes_before_the_intent_succeeds(sandbox, shop, endpoint):
    shop.give(card="4000000000000259")
    sandbox.flush()
    order = endpoint.types.index
    assert order("charge.dispute.created") < order("charge.dispute.funds_withdrawn")
    assert order("charge.dispute.funds_withdrawn") < order("payment_intent.succeeded")


def test_background_delivery_needs_no_flush(endpoint):
    from donations.sandbox.server import Sandbox

    arrived = threading.Event()
    endpoint.before_answer = arrived.set
    running = Sandbox(webhook_url=endpoint.url, webhook_secret=SECRET)
    running.start()
    try:
        with running.world.lock:
            running.world.emit("product.created", {"id": "prod_x", "object": "product"})
        assert arrived.wait(5)
    finally:
        running.stop()
