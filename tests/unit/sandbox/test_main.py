from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest
import requests

from donations.sandbox.server import Sandbox, run


def test_the_program_serves_and_stops_cleanly_when_told():
    program = subprocess.Popen(
        [sys.executable, "-m", "donations.sandbox", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        address = program.stdout.readline().split(": ", 1)[1].strip()
        page = requests.get(address, timeout=10)
        page.close()
        program.send_signal(signal.SIGTERM)
        assert program.wait(20) == 0
    assert "SANDBOX" in page.text


def test_a_taken_port_is_told_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SystemExit, match="SANDBOX_PORT"):
            run(port=taken.getsockname()[1])


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org"])
def test_it_is_served_to_this_machine_only(host):
    with pytest.raises(ValueError, match="loopback"):
        Sandbox(host=host)


def test_in_the_background_events_are_delivered_without_being_asked(sdk, endpoint):
    from donations.sandbox.deliveries import Courier

    sdk.v1.products.create({"name": "Support"})
    running = Sandbox(webhook_url=endpoint.url, webhook_secret="whsec_suite").start()
    try:
        assert isinstance(running.courier, Courier)
        requests.post(
            f"{running.base_url}/v1/products",
            data={"name": "Support"},
            headers={"Authorization": "Bearer sk_test_x"},
            timeout=10,
        ).close()
        for _ in range(200):
            if endpoint.types():
                break
            running.courier._stopping.wait(0.05)
    finally:
        running.stop()
    assert endpoint.types() == ["product.created"]
