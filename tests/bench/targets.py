"""What is measured, and what it is measured against: each a WSGI application built in its server."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

STUB_ADDRESS = "https://checkout.stripe.com/c/pay/bench"


def donations():
    """The product itself."""
    from donations.wsgi import application

    return application()


def same_bytes():
    """A bare WSGI application that answers with the reader page's own bytes and headers."""
    body = Path(os.environ["BENCH_BODY"]).read_bytes()
    headers = [
        tuple(line.split(": ", 1))
        for line in Path(os.environ["BENCH_HEADERS"]).read_text().splitlines()
    ]

    def application(_environ, start_response):
        start_response("200 OK", headers)
        return [body]

    return application


def stock_page():
    """A Flask view with a compiled Jinja template and a Flask-WTF form, as a tutorial has it.

    The page's text stands in the template as it is, so what is paid for is Flask and the form.
    """
    from flask import Flask, render_template
    from flask_wtf import FlaskForm
    from jinja2 import DictLoader
    from wtforms import RadioField, StringField

    class Form(FlaskForm):
        frequency = RadioField(choices=[("once", "Once"), ("month", "Monthly"), ("year", "Annual")])
        amount = StringField()

    app = Flask(__name__)
    app.secret_key = "bench" * 10
    text = Path(os.environ["BENCH_TEXT"]).read_text()
    form = "{{ form.hidden_tag() }}{{ form.frequency() }}{{ form.amount() }}"
    app.jinja_loader = DictLoader({"page.html": f"{form}{{% raw %}}{text}{{% endraw %}}"})

    @app.get("/")
    def page():
        return render_template("page.html", form=Form())

    return app


def verify_and_insert():
    """A Flask view that checks the signature and inserts one row in one transaction.

    Connections are kept between requests, as any pool would.
    """
    import json
    from queue import Empty, LifoQueue

    from flask import Flask, request
    from stripe import WebhookSignature

    app = Flask(__name__)
    secret = os.environ["STRIPE_WEBHOOK_SECRET"]
    connect, insert = _events(os.environ["BENCH_EVENTS"])
    idle = LifoQueue()

    @app.post("/webhooks/stripe")
    def hook():
        body = request.get_data().decode()
        WebhookSignature.verify_header(body, request.headers["Stripe-Signature"], secret, 300)
        event = json.loads(body)
        try:
            connection = idle.get_nowait()
        except Empty:
            connection = connect()
        connection.execute("BEGIN")
        connection.execute(insert, (event["id"], event["type"]))
        connection.execute("COMMIT")
        idle.put(connection)
        return "ok"

    return app


def _events(address):
    """How to connect to the bare side's database, and its one statement."""
    insert = "INSERT INTO event (id, type) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING"
    if address.startswith("postgresql"):
        import psycopg

        return lambda: psycopg.connect(address, autocommit=True), insert

    def connect():
        connection = sqlite3.connect(
            address, timeout=20, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    return connect, insert.replace("%s", "?")


def bare_stripe_call():
    """A Flask view that does nothing but ask Stripe for a session."""
    import stripe
    from flask import Flask, redirect

    base = os.environ["STRIPE_API_BASE"]
    client = stripe.StripeClient(
        "sk_test_bench",
        base_addresses=dict.fromkeys(("api", "files", "connect", "meter_events"), base),
        http_client=stripe.RequestsClient(timeout=30),
    )
    app = Flask(__name__)

    @app.post("/support/checkout")
    def go():
        session = client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "success_url": "http://localhost/",
                "line_items": [
                    {
                        "quantity": 1,
                        "price_data": {
                            "currency": "usd",
                            "unit_amount": 5000,
                            "product": "reader_support_once",
                        },
                    }
                ],
            }
        )
        return redirect(session.url, 303)

    return app


def stripe_stub():
    """Answers every order with the same session, after a pause."""
    import json
    import time

    pause = float(os.environ.get("BENCH_PAUSE", "0"))
    answer = json.dumps(
        {
            "id": "cs_test_bench",
            "object": "checkout.session",
            "url": STUB_ADDRESS,
            "status": "open",
            "payment_status": "unpaid",
            "metadata": {},
            "customer": None,
            "customer_details": None,
            "payment_intent": None,
            "subscription": None,
            "invoice": None,
            "expires_at": 2_000_000_000,
        }
    ).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]

    def application(environ, start_response):
        environ["wsgi.input"].read()
        time.sleep(pause)
        start_response("200 OK", headers)
        return [answer]

    return application
