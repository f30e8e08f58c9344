"""The demonstration as a newcomer starts it, and a real Chromium in front of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass

import pytest
from playwright.sync_api import sync_playwright
from tests_support.chromium import FLAGS, installed


@dataclass
class Demo:
    base_url: str
    sandbox_url: str
    mail_url: str
    folder: object

    @property
    def secrets(self):
        return json.loads((self.folder / "secrets.json").read_text())

    def letters(self):
        with urllib.request.urlopen(f"{self.mail_url}/api/messages") as answer:
            return json.load(answer)

    def letter_to(self, address, containing="", within=20):
        """The newest letter to an address, waited for."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for letter in self.letters():
                if address in letter["to"] and containing in letter["text"]:
                    return letter
            time.sleep(0.2)
        raise AssertionError(f"no letter to {address} within {within} s")

    def order(self, name, **wanted):
        """An order to the sandbox's control API."""
        request = urllib.request.Request(
            f"{self.sandbox_url}/_control/{name}",
            data=json.dumps(wanted).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "instance"
    app, sandbox, mail, smtp = free_ports(4)
    log = (folder.parent / "demo.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "donations", "demo"],
        env={
            **os.environ,
            "DEMO_FOLDER": str(folder),
            "DEMO_PORT": str(app),
            "SANDBOX_PORT": str(sandbox),
            "MAIL_CATCHER_PORT": str(mail),
            "MAIL_CATCHER_SMTP_PORT": str(smtp),
        },
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    running = Demo(
        f"http://127.0.0.1:{app}",
        f"http://127.0.0.1:{sandbox}",
        f"http://127.0.0.1:{mail}",
        folder,
    )
    try:
        wait_until_ready(running, process, folder.parent / "demo.log")
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        status = process.wait(60)
        log.close()
    assert status == 0, (folder.parent / "demo.log").read_text()


def wait_until_ready(running, process, log):
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(log.read_text())
        try:
            with urllib.request.urlopen(f"{running.base_url}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, demo):
    """Opens a page that fails the test on a script error, a refused policy or a foreign request."""
    contexts, wrongs = [], []

    def opened(*, script=True, width=1440, height=900, dark=False):
        context = chromium.new_context(
            java_script_enabled=script,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            base_url=demo.base_url,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrongs.append(f"script: {error}"))
        page.on("console", lambda said: note(said))
        page.on("request", lambda request: foreign(request))
        return page

    def note(said):
        if said.type == "error" and "Content Security Policy" in said.text:
            wrongs.append(f"console: {said.text}")

    def foreign(request):
        ours = (demo.base_url, demo.sandbox_url, demo.mail_url, "data:", "about:", "blob:")
        if not request.url.startswith(ours):
            wrongs.append(f"foreign: {request.url}")

    yield opened
    for context in contexts:
        context.close()
    assert wrongs == []
