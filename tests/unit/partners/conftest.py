"""A receiver on a real port, and the endpoint that leads to it."""

import http.server
import threading

import pytest

from donations.jobs.worker import Worker
from donations.partners.delivering import Deliverer
from donations.partners.endpoints import add_endpoint
from donations.partners.kinds import Told
from donations.partners.outward import Outward
from donations.partners.telling import DELIVER_JOB


class Receiver:
    """Answers what `answers` says, one after the other, and then 200; keeps what it was sent."""

    def __init__(self):
        self.got = []
        self.answers = []
        self.holding = threading.Event()
        self.holding.set()
        receiver = self

        class Answering(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, dict(self.headers), body))
                receiver.holding.wait(10)
                status = receiver.answers.pop(0) if receiver.answers else 200
                self.send_response(status)
                if status in {301, 302, 307}:
                    self.send_header("Location", f"{receiver.url}/elsewhere")
                self.end_headers()

            def handle(self):
                try:
                    super().handle()
                except OSError:
                    return

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.holding.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    running = Receiver()
    yield running
    running.close()


@pytest.fixture
def outward():
    return Outward(inside_too=True, seconds=2)


@pytest.fixture
def endpoint(session, master, receiver, outward, clock):
    def one(kinds=tuple(Told), path="/hook?to=cms", label="CMS"):
        return add_endpoint(
            session,
            master,
            outward,
            url=receiver.url + path,
            label=label,
            kinds=list(kinds),
            by="admin",
            now=clock.now(),
        )

    return one


@pytest.fixture
def sender(sessions, master, outward, clock):
    return Worker(sessions, {DELIVER_JOB: Deliverer(master, outward)}, clock)
