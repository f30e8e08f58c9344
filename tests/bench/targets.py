"""What is measured, and what it is measured against: each a WSGI application built in its server."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path


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
    """A Flask view with a Jinja template and a Flask-WTF form, as a tutorial would have it."""
    from flask import Flask, render_template_string
    from flask_wtf import FlaskForm
    from wtforms import RadioField, StringField

    class Form(FlaskForm):
        frequency = RadioField()
        amount = StringField()

    app = Flask(__name__)
    app.secret_key = "bench" * 10
    text = Path(os.environ["BENCH_TEXT"]).read_text()
    template = "{{ form.hidden_tag() }}{{ form.amount() }}{{ text }}"

    @app.get("/")
    def page():
        return render_template_string(template, form=Form(), text=text)

    return app


def verify_and_insert():
    """A Flask view that checks the signature and inserts one row in one transaction."""
    from flask import Flask, request
    from stripe import WebhookSignature

    app = Flask(__name__)
    path, secret = os.environ["BENCH_DB"], os.environ["STRIPE_WEBHOOK_SECRET"]

    @app.post("/webhooks/stripe")
    def hook():
        body = request.get_data().decode()
        WebhookSignature.verify_header(body, request.headers["Stripe-Signature"], secret, 300)
        connection = sqlite3.connect(path, timeout=20, isolation_level=None)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO event (body) VALUES (?)", (body,))
        connection.execute("COMMIT")
        connection.close()
        return "ok"

    return app


def bare_stripe_call():
    """A Flask view that does nothing but ask Stripe for a session."""
    import stripe
    from flask import Flask, redirect

    base = os.environ["STRIPE_API_BASE"]
    client = stripe.StripeClient(
        "sk_test_bench",
        base_addresses=dict.fromkeys(("api", "files", "connect", "meter_events"), base),
        http_client=stripe.RequestsClient(),
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
            "url": "https://checkout.stripe.com/c/pay/bench",
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
