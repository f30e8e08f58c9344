from __future__ import annotations

import signal
import subprocess
import sys

import pytest
import requests
import stripe

from donations.sandbox.server import Sandbox, run
from donations.sandbox.state_file import StateFile, UnreadableState
from donations.sandbox.store import Store


@pytest.fixture
def data_file(tmp_path):
    return tmp_path / "kept" / "sandbox.data"


@pytest.fixture
def restarted(data_file):
    """Starts one sandbox after another on the same file."""
    running = []

    def start():
        for each in running:
            each.stop()
        running[:] = [Sandbox(background_delivery=False, data_file=data_file).start()]
        return running[0]

    yield start
    for each in running:
        each.stop()


def speak(sandbox, client):
    return stripe.StripeClient(
        "sk_test_suite",
        base_addresses=dict.fromkeys(("api", "files", "connect", "meter_events"), sandbox.base_url),
        http_client=client,
    )


@pytest.fixture
def client():
    with_sessions = stripe.RequestsClient()
    yield with_sessions
    with_sessions.close()


def test_objects_keys_clock_and_what_is_due_outlast_a_restart(restarted, client):
    first = restarted()
    sdk = speak(first, client)
    sdk.v1.products.create({"id": "support", "name": "Support"})
    price = {"currency": "usd", "unit_amount": 900, "product": "support"}
    wanted = {
        "mode": "subscription",
        "success_url": "http://127.0.0.1:1/",
        "line_items": [
            {"quantity": 1, "price_data": {**price, "recurring": {"interval": "month"}}}
        ],
    }
    session = sdk.v1.checkout.sessions.create(wanted, {"idempotency_key": "one"})
    first.control("pay", {"session": session.id})
    first.control("advance", {"days": 3})
    before = first.control("state")

    second = restarted()
    sdk = speak(second, client)
    after = second.control("state")
    assert after["counts"] == before["counts"]
    assert after["deliveries"] == before["deliveries"]
    assert after["ahead_seconds"] == before["ahead_seconds"] == 3 * 86_400
    assert sdk.v1.checkout.sessions.create(wanted, {"idempotency_key": "one"}).id == session.id
    second.control("advance", {"until_next_renewal": True})
    assert len(sdk.v1.invoices.list().data) == 2


def test_only_advancing_the_clock_is_kept_too(restarted):
    restarted().control("advance", {"seconds": 3600})
    assert restarted().control("state")["ahead_seconds"] == 3600


def test_what_was_answered_outlasts_a_kill_without_any_goodbye(data_file, client):
    program = subprocess.Popen(
        [sys.executable, "-m", "donations.sandbox", "--port", "0", "--data", str(data_file)],
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        address = program.stdout.readline().split(": ", 1)[1].strip()
        sdk = stripe.StripeClient(
            "sk_test_suite",
            base_addresses=dict.fromkeys(("api", "files", "connect", "meter_events"), address),
            http_client=client,
        )
        made = [sdk.v1.customers.create({"name": str(number)}).id for number in range(5)]
        program.send_signal(signal.SIGKILL)
    kept = {key: value for kind, key, value in StateFile(data_file).read() if kind == "customer"}
    assert list(kept) == made
    assert [each["name"] for each in kept.values()] == list("01234")


def test_an_index_of_owners_hears_of_what_is_put_and_removed():
    store = Store()
    store.put({"object": "refund", "id": "re_1", "charge": "ch_1"})
    assert [each["id"] for each in store.owned("refund", "charge", "ch_1")] == ["re_1"]
    second = store.put({"object": "refund", "id": "re_2", "charge": "ch_1"})
    store.put({"object": "refund", "id": "re_3", "charge": "ch_2"})
    assert [each["id"] for each in store.owned("refund", "charge", "ch_1")] == ["re_2", "re_1"]
    store.remove(second)
    assert [each["id"] for each in store.owned("refund", "charge", "ch_1")] == ["re_1"]
    assert store.owned("refund", "charge", "ch_9") == []


def test_any_object_is_found_by_its_id_alone_until_it_is_removed():
    store = Store()
    entry = store.put({"object": "refund", "id": "re_1"})
    assert store.anything("re_1") is entry
    store.remove(entry)
    assert store.anything("re_1") is None
    assert store.find("refund", "re_1") is None


@pytest.mark.parametrize("content", ["nonsense", "[]", '{"tables": {}}', "SQLite format 3"])
def test_a_file_that_is_something_else_is_not_overwritten(data_file, content):
    data_file.parent.mkdir()
    data_file.write_text(content)
    with pytest.raises(UnreadableState):
        Sandbox(data_file=data_file)
    with pytest.raises(SystemExit, match="begin afresh"):
        run(port=0, data_file=data_file)
    assert data_file.read_text() == content


def test_without_a_file_nothing_is_written(sandbox, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    requests.post(f"{sandbox.base_url}/_control/advance", json={"days": 1}, timeout=10).close()
    sandbox.world.save()
    assert list(tmp_path.iterdir()) == []
