"""`make bench`: what the product costs beside the least that could do the same, in one run.

Both sides run on the same server and take turns; figures are medians.  CPU is that of the server's
own processes (SQLite works inside them, PostgreSQL does not).  Absolute numbers belong to the
machine; ratios travel.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import adoption
import books
import carried
import letters
from scene import WEBHOOK_SECRET, database_on, keep_the_page, prepare, rows, settings_in
from server import Server
from stripe import WebhookSignature
from targets import STUB_ADDRESS
from turns import ROUNDS, Turns

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests_support.postgresql import start_postgresql

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
NUMBERS = count()


def reader_page(settings):
    with ExitStack() as stack:
        ours = stack.enter_context(Server("donations", settings))
        keep_the_page(ours.port, settings)
        sides = {
            "donations": ours,
            "bare WSGI, same bytes": stack.enter_context(Server("same_bytes", settings)),
        }
        ask = ["GET", "/", None, {"Accept-Encoding": "br"}]
        page = Turns(sides, lambda n: [ask] * n, count=4000, connections=8, expect=200)
        page.table("Reader page")
        page.verdict("donations", "bare WSGI, same bytes", 0.8)
        stock = {"Flask + Jinja + Flask-WTF": stack.enter_context(Server("stock_page", settings))}
        stock["donations"] = ours
        page = Turns(stock, lambda n: [ask] * n, count=400, connections=8, expect=200)
        page.table("Reader page beside a stock view (for comparison)")


def event():
    body = json.dumps(
        {
            "id": f"evt_{next(NUMBERS)}",
            "type": "invoice.paid",
            "created": int(time.time()),
            "data": {"object": {"id": "in_1", "padding": "x" * 3000}},
        }
    )
    header = WebhookSignature.generate_signature_header(body, WEBHOOK_SECRET)
    headers = {"Stripe-Signature": header, "Content-Type": "application/json"}
    return ["POST", "/webhooks/stripe", body, headers]


def webhook(settings, database):
    bare = "verify + one insert"
    with ExitStack() as stack:
        sides = {
            "donations": stack.enter_context(Server("donations", settings)),
            bare: stack.enter_context(Server("verify_and_insert", settings)),
        }
        turns = Turns(
            sides, lambda n: [event() for _ in range(n)], count=500, connections=4, expect=200
        )
        turns.table(f"Webhook on {database}, every commit on disk")
        turns.verdict("donations", bare, 0.7)
        ours, theirs = settings["DATABASE_URL"], settings["BENCH_EVENTS"]
        if not theirs.startswith("postgresql"):
            theirs = f"sqlite:///{theirs}"
        for name, kept in (
            ("donations", (rows(ours, "stripe_event"), rows(ours, "job"))),
            (bare, (rows(theirs, "event"),)),
        ):
            stored = " and ".join(f"{number:,}" for number in kept)
            print(f"  {name}: {turns.answered[name]:,} answered, {stored} rows")


def click():
    attempt = os.urandom(12).hex()
    form = f"frequency=once&amount_once=5000&currency=usd&attempt={attempt}"
    return ["POST", "/support/checkout", form, FORM]


def leads_to_stripe(server):
    """Whether a click ends at the session's own page, as it must for its time to mean anything."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request(*click())
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.getheader("Location") == STUB_ADDRESS


def continue_button(settings, pause_ms, clicks, readers):
    bare = "one bare Stripe call"
    with ExitStack() as stack:
        pause = {"BENCH_PAUSE": str(pause_ms / 1000)}
        stub = stack.enter_context(Server("stripe_stub", {**settings, **pause}))
        known = {**settings, "STRIPE_API_BASE": f"http://127.0.0.1:{stub.port}"}
        sides = {
            "donations": stack.enter_context(Server("donations", known)),
            bare: stack.enter_context(Server("bare_stripe_call", known)),
        }
        title = f"Continue (Stripe takes {pause_ms} ms; {readers} at a time)"
        if not all(map(leads_to_stripe, sides.values())):
            print(f"\n{title}\n  not measured: a click did not lead to Stripe's page")
            return
        turns = Turns(
            sides,
            lambda n: [click() for _ in range(n)],
            count=clicks,
            connections=readers,
            expect=303,
        )
        turns.table(title)
        if turns.wrong():
            print(f"  not measured: {turns.wrong()} answers were wrong")
            return
        late = statistics.median(turns.added("donations", bare, "p50_ms"))
        spent = statistics.median(turns.added("donations", bare, "cpu_us"))
        print(f"  added by us at the median: {late:.1f} ms, {spent:,.0f} µs of CPU")


@contextmanager
def on_postgresql(folder, settings):
    """The same scene on PostgreSQL; None where there is none."""
    home = folder / "postgresql"
    home.mkdir()
    with ExitStack() as stack:
        try:
            server = stack.enter_context(start_postgresql())
            url = stack.enter_context(database_on(server))
        except Exception as error:  # noqa: BLE001 - whatever ails it, the other measurements are worth having
            print(f"\nWebhook on PostgreSQL: not measured ({type(error).__name__})")
            yield None
            return
        known = {**settings, "DATABASE_URL": url, "BENCH_EVENTS": url.replace("+psycopg", "")}
        prepare(known)
        yield known


def ledgers(folder):
    """The accountants' reports over small and large books, on both databases."""
    urls = [f"sqlite:///{folder}/{name}.db" for name in ("small", "large")]
    books.measure("SQLite", urls)
    with ExitStack() as stack:
        try:
            server = stack.enter_context(start_postgresql())
            urls = stack.enter_context(books.databases_on(server, ("small", "large")))
        except Exception as error:  # noqa: BLE001 - as above
            print(f"\nBooks on PostgreSQL: not measured ({type(error).__name__})")
            return
        books.measure("PostgreSQL", urls)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that every server is stopped too
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        settings = settings_in(name)
        prepare(settings)
        busy = os.getloadavg()[0]
        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {busy:.1f} before;")
        print(f"medians of {ROUNDS} rounds, each side in turn")
        reader_page(settings)
        webhook(settings, "SQLite")
        with on_postgresql(Path(name), settings) as known:
            if known:
                webhook(known, "PostgreSQL")
        continue_button(settings, 0, clicks=50, readers=1)
        continue_button(settings, 50, clicks=100, readers=10)
        ledgers(name)
        letters.letters(name, settings, start_postgresql)
        carried.carried(name, settings, start_postgresql)
        adoption.adoption(name, settings)
        print(f"\n{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
