"""The gateway over real HTTP, against a door that writes down what it hears."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from donations.kernel.cadence import Frequency
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.stripe_gateway.errors import StripeRefused, StripeUnavailable
from donations.stripe_gateway.gateway import API_VERSION, Gateway
from donations.stripe_gateway.ordering import CheckoutOrder

MISSING = (404, {"error": {"type": "invalid_request_error", "code": "resource_missing"}})
SESSION = {
    "id": "cs_1",
    "object": "checkout.session",
    "url": "https://checkout.stripe.com/c/pay/cs_1",
    "status": "open",
    "payment_status": "unpaid",
    "metadata": {"donation": "abcdefghjkmn"},
    "customer": None,
    "customer_details": None,
    "payment_intent": None,
    "subscription": None,
    "invoice": None,
    "expires_at": 1_795_521_600,
}


class Door:
    def __init__(self):
        self.heard = []
        self.answers = []


@pytest.fixture
def door():
    told = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers.get("Content-Length") or 0)
            form = {
                key: value[0] for key, value in parse_qs(self.rfile.read(length).decode()).items()
            }
            told.heard.append((self.command, self.path, form, dict(self.headers)))
            status, body = told.answers.pop(0)
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_DELETE = do_POST  # noqa: N815 - the server looks for these names

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gateway(door):
    return Gateway("sk_test_suite", door.base)


def order(frequency=Frequency.MONTHLY, currency="usd"):
    return CheckoutOrder(
        donation="abcdefghjkmn",
        amount=Money(1500, currency),
        frequency=frequency,
        language="ru",
        success_url="https://readers.example/thanks",
        cancel_url="https://readers.example/support",
        statement_suffix="SUPPORT",
        expires_at=datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
        idempotency_key="checkout-abcdefghjkmn-1",
    )


def test_stripe_hears_the_price_the_rhythm_and_one_random_name(gateway, door):
    door.answers = [(200, SESSION)]
    assert gateway.open_checkout(order()).url == SESSION["url"]
    [(method, path, form, headers)] = door.heard
    assert (method, path) == ("POST", "/v1/checkout/sessions")
    assert headers["Idempotency-Key"] == "checkout-abcdefghjkmn-1"
    assert headers["Stripe-Version"] == API_VERSION
    assert form["mode"] == "subscription"
    assert form["line_items[0][price_data][unit_amount]"] == "1500"
    assert form["line_items[0][price_data][recurring][interval]"] == "month"
    assert form["subscription_data[metadata][donation]"] == "abcdefghjkmn"
    assert form["expires_at"] == "1795532400"
    assert "payment_intent_data" not in json.dumps(form)
    assert "moscow" not in json.dumps(form).lower()
    assert "X-Stripe-Client-Telemetry" not in headers


def test_a_one_time_gift_carries_the_neutral_line_and_no_rhythm(gateway, door):
    door.answers = [(200, SESSION)]
    gateway.open_checkout(order(Frequency.ONCE, "jpy"))
    form = door.heard[0][2]
    assert form["mode"] == "payment"
    assert form["payment_intent_data[statement_descriptor_suffix]"] == "SUPPORT"
    assert form["payment_intent_data[metadata][donation]"] == "abcdefghjkmn"
    assert form["line_items[0][price_data][unit_amount]"] == "1500"
    assert "recurring" not in json.dumps(form)


def test_the_first_gift_of_a_kind_makes_its_product_and_asks_again(gateway, door):
    door.answers = [
        MISSING,
        (200, {"id": "reader_support_monthly", "object": "product"}),
        (200, SESSION),
    ]
    assert gateway.open_checkout(order()).id == "cs_1"
    assert [path for _, path, _, _ in door.heard] == [
        "/v1/checkout/sessions",
        "/v1/products",
        "/v1/checkout/sessions",
    ]
    assert door.heard[1][2] == {"id": "reader_support_monthly", "name": "Monthly support"}


@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_a_reader_is_told_at_once_when_stripe_cannot(gateway, door, status):
    door.answers = [(status, {"error": {"type": "api_error", "message": "later"}})]
    with pytest.raises(StripeUnavailable):
        gateway.open_checkout(order())
    assert len(door.heard) == 1  # no second try while somebody waits


def test_nobody_at_the_other_end_is_a_try_later():
    with pytest.raises(StripeUnavailable):
        Gateway("sk_test_suite", "http://127.0.0.1:9").open_checkout(order())


def test_a_refusal_keeps_the_code_and_not_the_words(gateway, door):
    error = {"type": "invalid_request_error", "code": "amount_too_small", "param": "line_items"}
    door.answers = [(400, {"error": {**error, "message": "reader@example.org"}})]
    with pytest.raises(StripeRefused) as caught:
        gateway.open_checkout(order())
    assert str(caught.value) == "amount_too_small at line_items"


def test_a_deleted_object_is_not_found(gateway, door):
    door.answers = [MISSING]
    with pytest.raises(NotFound):
        gateway.subscription("sub_1")


def test_the_payment_is_asked_with_what_its_booking_needs(gateway, door):
    door.answers = [MISSING]
    with pytest.raises(NotFound):
        gateway.payment("pi_1")
    assert "latest_charge.balance_transaction" in door.heard[0][1]


def test_a_cancellation_carries_its_key_and_gives_nothing_back(gateway, door):
    door.answers = [MISSING]
    with pytest.raises(NotFound):
        gateway.cancel_subscription("sub_1", idempotency_key="cancel-abc")
    method, path, form, headers = door.heard[0]
    assert method == "DELETE"
    assert path.startswith("/v1/subscriptions/sub_1")
    assert "false" in path + json.dumps(form)
    assert headers.get("Idempotency-Key") == "cancel-abc"


def test_a_payment_without_an_invoice_is_no_memberships(gateway, door):
    empty = {"object": "list", "data": [], "has_more": False, "url": "/v1/invoice_payments"}
    door.answers = [
        (200, empty),
        (200, {**empty, "data": [{"object": "invoice_payment", "invoice": "in_1"}]}),
    ]
    assert gateway.invoice_of_payment("pi_1") is None
    assert gateway.invoice_of_payment("pi_1") == "in_1"


def moved(name, *, more=False, **changes):
    """A page of one balance transaction."""
    txn = {
        "id": name,
        "object": "balance_transaction",
        "type": "charge",
        "amount": 1,
        "fee": 0,
        "net": 1,
        "currency": "usd",
        "exchange_rate": None,
        "created": 0,
        "available_on": 0,
        "source": "ch_1",
        "reporting_category": "charge",
        "fee_details": [],
    }
    return 200, {
        "object": "list",
        "data": [{**txn, **changes}],
        "has_more": more,
        "url": "/v1/balance_transactions",
    }


def test_every_movement_is_read_page_after_page(gateway, door):
    door.answers = [moved("txn_1", more=True), moved("txn_2")]
    since = datetime(2026, 11, 1, tzinfo=UTC)
    assert [each.id for each in gateway.movements(since)] == ["txn_1", "txn_2"]
    assert "starting_after=txn_1" in door.heard[1][1]


def test_movements_are_asked_for_up_to_a_moment(gateway, door):
    door.answers = [moved("txn_1")]
    since, until = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2))
    assert len(list(gateway.movements(since, until))) == 1
    asked = parse_qs(door.heard[0][1].split("?")[1])
    assert asked["created[gte]"] == [str(int(since.timestamp()))]
    assert asked["created[lt]"] == [str(int(until.timestamp()))]


def test_the_lines_of_a_payout_leave_out_its_own_movement_alone(gateway, door):
    door.answers = [
        moved("txn_own", more=True, type="payout", source="po_1"),
        moved("txn_by_hand", more=True, type="payout", source="po_0"),
        moved("txn_charge"),
    ]
    assert [line.id for line in gateway.payout_lines("po_1")] == ["txn_charge", "txn_by_hand"]


def test_a_charge_says_what_credited_it(gateway, door):
    charge = {"id": "ch_1", "object": "charge", "balance_transaction": None}
    door.answers = [(200, charge), (200, {**charge, "balance_transaction": "txn_1"})]
    assert gateway.movement_of_charge("ch_1") is None
    assert gateway.movement_of_charge("ch_1") == "txn_1"


def test_events_nobody_took_are_asked_for_twenty_types_at_a_time(gateway, door):
    def page(*names):
        events = [
            {
                "id": name,
                "object": "event",
                "type": "charge.updated",
                "created": 1_795_521_600,
                "data": {"object": {"id": "ch_1", "object": "charge"}},
            }
            for name in names
        ]
        return 200, {"object": "list", "data": events, "has_more": False, "url": "/v1/events"}

    door.answers = [page("evt_1"), page()]
    types = [f"kind.{number:02}" for number in range(21)]
    [hint] = gateway.untold(types, datetime(2026, 11, 1, tzinfo=UTC))
    assert (hint.event_id, hint.type, hint.object_id) == ("evt_1", "charge.updated", "ch_1")
    assert hint.occurred_at == datetime.fromtimestamp(1_795_521_600, UTC)
    first, second = (path for _, path, _, _ in door.heard)
    assert "delivery_success=false" in first
    assert first.count("types") == 20
    assert "kind.20" in second
