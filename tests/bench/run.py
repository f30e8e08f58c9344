"""`make bench`: what the product costs beside the least that could do the same, in one run.

Both sides run on the same server (granian, one process) and take turns; every figure is a median.
CPU is that of the server's processes alone.  Absolute numbers belong to the machine; ratios travel.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
ROUNDS = 5
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """One target on granian, with its CPU time and memory."""

    def __init__(self, target, environment):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws",
            "--port", str(self.port), "--blocking-threads", "16", "--log-level", "error",
            f"targets:{target}",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, cwd=HERE, env={**os.environ, **environment}, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{target} did not start")

    def family(self):
        children = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True
        ).stdout.split()
        return [str(self.process.pid), *children]

    def cpu(self):
        total = 0
        for pid in self.family():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def megabytes(self):
        total = 0
        for pid in self.family():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM"):
                    total += int(line.split()[1]) // 1024
        return total

    def load(self, requests, connections):
        plan = {
            "host": "127.0.0.1",
            "port": self.port,
            "requests": requests,
            "connections": connections,
        }
        before = self.cpu()
        done = subprocess.run(
            [sys.executable, str(HERE / "load.py")],
            input=json.dumps(plan), capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        found = json.loads(done.stdout)
        found["cpu_us"] = (self.cpu() - before) / len(requests) * 1e6
        return found

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def environment(folder):
    return {
        "DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "SECRET_KEY": "0123456789abcdef" * 3,
        "VAULT_KEY": base64.b64encode(bytes(32)).decode(),
        "STRIPE_SECRET_KEY": "sk_test_bench",
        "STRIPE_WEBHOOK_SECRET": "whsec_bench",
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "MAIL_URL": "smtp://127.0.0.1:9",
        "BASE_URL": "http://localhost",
        "NEWSROOM_NAME": "The Moscow Times",
        "NEWSROOM_CONTACT": "support@newsroom.example",
        "NEWSROOM_MAIL_FROM": "post@mail.example",
        "BENCH_DB": f"{folder}/bare.db",
        "BENCH_BODY": f"{folder}/body",
        "BENCH_TEXT": f"{folder}/text",
        "BENCH_HEADERS": f"{folder}/headers",
    }


def prepare(settings):
    from datetime import UTC, datetime

    from donations.app import create_app
    from donations.appeals.editions import SAMPLE, publish, read_folder
    from donations.kernel.database import db
    from donations.migrations import schema
    from donations.settings import read_settings

    app = create_app(read_settings(settings))
    with app.app_context():
        schema.upgrade(db.engine)
        publish(db.session(), read_folder(SAMPLE, ("en", "ru")), now=datetime.now(UTC))
        db.session.commit()
        db.engine.dispose()
    connection = sqlite3.connect(settings["BENCH_DB"])
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, body TEXT)")
    connection.close()


def keep_the_page(ours, settings):
    """Take the page's own bytes and headers, for the bare application to repeat."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{ours.port}/", headers={"Accept-Encoding": "br"}
    )
    with urllib.request.urlopen(request) as answer:
        Path(settings["BENCH_BODY"]).write_bytes(answer.read())
        kept = [
            f"{name}: {value}"
            for name, value in answer.headers.items()
            if name.lower() not in {"server", "date", "connection"}
        ]
    Path(settings["BENCH_HEADERS"]).write_text("\n".join(kept))
    with urllib.request.urlopen(f"http://127.0.0.1:{ours.port}/") as answer:
        Path(settings["BENCH_TEXT"]).write_bytes(answer.read())


def compare(sides, requests, connections):
    """Take turns; the median of each figure for each side."""
    samples = {name: [] for name in sides}
    for server in sides.values():
        server.load(requests(200), connections)  # warm
    for _ in range(ROUNDS):
        for name, server in sides.items():
            samples[name].append(server.load(requests(None), connections))
    return {
        name: {key: statistics.median(one[key] for one in found) for key in found[0]}
        for name, found in samples.items()
    }


def table(title, sides, found):
    print(f"\n{title}")
    print(f"  {'':26}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>9}{'MB':>6}")
    for name, row in found.items():
        wrong = f"  {row['wrong']:.0f} failed" if row["wrong"] else ""
        print(
            f"  {name:26}{row['rate']:12,.0f}{row['p50_ms']:9.2f}{row['p99_ms']:9.2f}"
            f"{row['cpu_us']:9,.0f}{sides[name].megabytes():6}{wrong}"
        )


def verdict(what, ratio, aim):
    print(f"  {what}: {ratio:.2f} (aim ≥ {aim}: {'met' if ratio >= aim else 'missed'})")


def reader_page(settings):
    ours = Server("donations", settings)
    keep_the_page(ours, settings)
    sides = {
        "donations": ours,
        "bare WSGI, same bytes": Server("same_bytes", settings),
        "Flask + Jinja + Flask-WTF": Server("stock_page", settings),
    }
    ask = ["GET", "/", None, {"Accept-Encoding": "br"}]
    found = compare(sides, lambda count: [ask] * (count or 3000), 8)
    table("Reader page", sides, found)
    bare, stock = found["bare WSGI, same bytes"], found["Flask + Jinja + Flask-WTF"]
    verdict("rate against bare", found["donations"]["rate"] / bare["rate"], 0.8)
    print(f"  CPU of bare / ours: {bare['cpu_us'] / found['donations']['cpu_us']:.2f}")
    print(f"  the stock view against bare: {stock['rate'] / bare['rate']:.2f}")
    for server in sides.values():
        server.stop()


def webhook(settings):
    from stripe import WebhookSignature

    sides = {
        "donations": Server("donations", settings),
        "verify + one insert": Server("verify_and_insert", settings),
    }
    number = iter(range(10_000_000))

    def events(count):
        made = []
        for _ in range(count or 1000):
            body = json.dumps(
                {
                    "id": f"evt_{next(number)}",
                    "type": "invoice.paid",
                    "created": int(time.time()),
                    "data": {"object": {"id": "in_1", "padding": "x" * 3000}},
                }
            )
            header = WebhookSignature.generate_signature_header(body, "whsec_bench")
            headers = {"Stripe-Signature": header, "Content-Type": "application/json"}
            made.append(["POST", "/webhooks/stripe", body, headers])
        return made

    found = compare(sides, events, 4)
    table("Webhook (SQLite, every commit on disk)", sides, found)
    verdict(
        "rate against bare", found["donations"]["rate"] / found["verify + one insert"]["rate"], 0.7
    )
    for server in sides.values():
        server.stop()


def continue_button(settings):
    for pause in ("0", "0.05"):
        stub = Server("stripe_stub", {**settings, "BENCH_PAUSE": pause})
        known = {**settings, "STRIPE_API_BASE": f"http://127.0.0.1:{stub.port}"}
        sides = {
            "donations": Server("donations", known),
            "one bare Stripe call": Server("bare_stripe_call", known),
        }

        def clicks(count):
            return [
                [
                    "POST",
                    "/support/checkout",
                    f"frequency=once&amount_once=5000&currency=usd&attempt={os.urandom(12).hex()}",
                    {
                        "Content-Type": "application/x-www-form-urlencoded",
                        "Sec-Fetch-Site": "same-origin",
                    },
                ]
                for _ in range(count or 300)
            ]

        found = compare(sides, clicks, 4)
        table(f"Continue (Stripe answers after {float(pause) * 1000:.0f} ms)", sides, found)
        ours, bare = found["donations"], found["one bare Stripe call"]
        print(f"  added by us: {ours['p50_ms'] - bare['p50_ms']:.1f} ms at the median")
        for server in (*sides.values(), stub):
            server.stop()


def main():
    with tempfile.TemporaryDirectory() as folder:
        settings = environment(folder)
        prepare(settings)
        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; medians of {ROUNDS} turns")
        reader_page(settings)
        webhook(settings)
        continue_button(settings)


if __name__ == "__main__":
    main()
