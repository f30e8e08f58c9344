"""Wiring: every promise has somebody who keeps it, every page its address."""

import re
from pathlib import Path

import pytest

import donations
from donations.app import create_app, create_worker
from donations.giving import cancelling, letters, receipts
from donations.inbox.handlers.payouts import MEND_JOB
from donations.inbox.intake import STRIPE_EVENT_JOB
from donations.newsletters.changes import TELL_JOB
from donations.newsletters.following_up import LINK_JOB
from donations.newsletters.subscribing import JOB as NEWSLETTER_JOB
from donations.reconciliation.alarm import ALARM_JOB
from donations.reminders.reminding import JOB as REMINDER_JOB

KINDS = {
    cancelling.CANCEL_JOB,
    receipts.RECEIPT_JOB,
    letters.PENDING_JOB,
    letters.FAILED_JOB,
    letters.MEMBERSHIP_FAILED_JOB,
    STRIPE_EVENT_JOB,
    MEND_JOB,
    ALARM_JOB,
    NEWSLETTER_JOB,
    TELL_JOB,
    LINK_JOB,
    REMINDER_JOB,
}


def test_every_kind_of_work_that_is_promised_has_a_hand(app):
    handlers = create_worker(app).runner._handlers
    assert set(handlers) >= KINDS
    schedules = {schedule.kind for schedule in create_worker(app)._schedules}
    assert schedules <= set(handlers)


def test_every_row_of_the_outbox_is_promised_under_a_kind_known_here():
    written = "".join(path.read_text() for path in Path(donations.__file__).parent.rglob("*.py"))
    calls = re.findall(r"\benqueue\(\s*session,\s*([\w.]+),", written)
    assert set(calls) <= {
        "JOB",
        "CANCEL_JOB",
        "RECEIPT_JOB",
        "PENDING_JOB",
        "FAILED_JOB",
        "MEMBERSHIP_FAILED_JOB",
        "STRIPE_EVENT_JOB",
        "MEND_JOB",
        "ALARM_JOB",
        "TELL_JOB",
        "LINK_JOB",
        "self.kind",
    }


def test_the_offices_cookie_stays_in_the_office(app):
    assert app.config["SESSION_COOKIE_PATH"] == "/office"
    assert app.config["SESSION_COOKIE_HTTPONLY"]
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Strict"


@pytest.mark.parametrize(
    ("base", "secure"), [("http://localhost", False), ("https://a.example", True)]
)
def test_over_https_every_cookie_is_secure(environment, base, secure, clock, outbox):
    from donations.kernel.database import db
    from donations.settings import read_settings

    made = create_app(
        read_settings({**environment, "BASE_URL": base}), clock=clock, transport=outbox
    )
    assert made.config["SESSION_COOKIE_SECURE"] is secure
    with made.app_context():
        db.engine.dispose()


def test_no_two_routes_share_an_address_and_method(app):
    seen = set()
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            assert (rule.rule, method) not in seen
            seen.add((rule.rule, method))


def test_no_page_needs_a_trailing_slash_guess(client):
    assert client.post("/webhooks/stripe/").status_code == 404
