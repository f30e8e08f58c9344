"""The application on a real port, someone who plays Stripe, and a reader who clicks through both."""

from __future__ import annotations

import re
import socket
import threading
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from donations.app import create_app, create_worker
from donations.appeals.editions import SAMPLE, publish, read_folder
from donations.kernel.clock import SystemClock
from donations.kernel.database import db
from donations.ledger.books import balances
from donations.settings import read_settings
from donations.web.house import EXTENSION
from tests_support.counterparts import Simulated

EMAIL = "reader@example.org"


class Quiet(WSGIRequestHandler):
    def log(self, *_args):
        pass


class Live:
    """The app served at `base_url`, who plays Stripe, its worker and its caught letters."""

    def __init__(
        self,
        environment,
        transport,
        *,
        stripe=None,
        background=False,
        clock=None,
        host="127.0.0.1",
    ):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.base_url = f"http://{host}:{port}"
        secret = environment["STRIPE_WEBHOOK_SECRET"]
        self.stripe = stripe or Simulated(secret, background=background)
        self.stripe.listen(f"{self.base_url}/webhooks/stripe")
        self.sandbox = self.stripe.sandbox
        self.settings = read_settings(
            {**environment, "BASE_URL": self.base_url, **self.stripe.settings}
        )
        self.outbox = transport
        self.clock = clock or SystemClock()
        self.app = create_app(self.settings, clock=self.clock, transport=transport)
        self.worker = create_worker(self.app)
        with self.app.app_context():
            session = db.session()
            if not background:
                publish(
                    session,
                    read_folder(SAMPLE, self.settings.newsroom.languages),
                    now=self.clock.now(),
                )
            session.commit()
        self._server = make_server(
            "127.0.0.1", port, self.app, threaded=True, request_handler=Quiet
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    @property
    def house(self):
        return self.app.extensions[EXTENSION]

    def settle(self):
        """Let Stripe tell everything and do everything that is due, until nothing is left."""
        for _ in range(20):
            self.stripe.deliver()
            if not self.worker.run_due():
                return

    def last(self, kind):
        """The id of the sandbox's newest object of a kind."""
        return list(self.sandbox.world.store.tables[kind])[-1]

    def books(self):
        with self.app.app_context():
            return balances(db.session())

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.stripe.stop()
        with self.app.app_context():
            db.engine.dispose()


class _Forms(HTMLParser):
    """Reads the forms of a page: action, and the fields a browser would send untouched."""

    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "fields": {}})
        elif tag == "input" and self.forms and given.get("name"):
            if given.get("type") in {"radio", "checkbox"} and "checked" not in given:
                return
            self.forms[-1]["fields"][given["name"]] = given.get("value") or ""


class Reader:
    """Someone with a browser that has no script."""

    def __init__(self, live, language=""):
        self.live = live
        self.prefix = f"/{language}" if language else ""
        self.http = requests.Session()
        self.page = None

    def close(self):
        self.http.close()

    def see(self, path):
        self.page = self.http.get(urljoin(self.live.base_url, self.prefix + path), timeout=30)
        return self.page

    def send(self, form_at, **fields):
        forms = _Forms()
        forms.feed(self.page.text)
        form = forms.forms[form_at]
        target = urljoin(self.page.url, form["action"])
        origin = "/".join(target.split("/")[:3])
        self.page = self.http.post(
            target,
            data={**form["fields"], **fields},
            headers={"Origin": origin},
            timeout=30,
        )
        return self.page

    def choose(self, frequency, amount, currency="usd", **more):
        """From the appeal to the payment page, by way of the review page."""
        self.see("/support" if currency == "usd" else f"/support?currency={currency}")
        form_at = self._form_with("frequency")
        self.send(form_at, frequency=frequency, **{f"amount_{frequency}": amount}, **more)
        assert self.page.status_code == 200, self.page.text
        self.send(self._form_with("attempt"))
        assert "/c/pay/" in self.page.url, self.page.url
        return self.page

    def pay(self, card="4242424242424242", *, iban="", email=EMAIL, name="Vera Reader"):
        """Fill in the payment page; the page that follows."""
        card = "" if iban else card
        self.page = self.live.stripe.pay(self, card=card, iban=iban, email=email, name=name)
        return self.page

    def authenticate(self):
        """Pass 3-D Secure."""
        self.page = self.live.stripe.authenticate(self)
        return self.page

    def text(self):
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.page.text))

    def _form_with(self, field):
        forms = _Forms()
        forms.feed(self.page.text)
        return next(at for at, form in enumerate(forms.forms) if field in form["fields"])
