from __future__ import annotations

import pytest
import requests
import stripe

from donations.sandbox.server import Sandbox, run
from donations.sandbox.store import Store, UnreadableState


@pytest.fixture
def data_file(tmp_path):
    return tmp_path / "kept" / "sandbox.json"


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


def test_a_crash_between_two_saves_leaves_the_last_whole_file(data_file):
    store = Store(data_file)
    store.put({"object": "charge", "id": "ch_1"})
    store.write(store.dumped())
    data_file.with_name(data_file.name + ".new").write_text('{"tables": {"cha')
    again = Store(data_file)
    again.load()
    assert again.find("charge", "ch_1")


@pytest.mark.parametrize("content", ["", "nonsense", "[]", '{"tables": {}}'])
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
