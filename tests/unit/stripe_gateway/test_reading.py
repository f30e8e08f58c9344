"""Stripe's objects as the SDK makes them: with what we expand, with ids only, with nothing."""

from datetime import UTC, datetime

import pytest
import stripe

from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.stripe_gateway import reading

SECOND = 1_795_521_600
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TXN = {
    "id": "txn_1",
    "type": "charge",
    "amount": 4600,
    "fee": 160,
    "net": 4440,
    "currency": "eur",
    "exchange_rate": 0.92,
    "created": SECOND,
    "available_on": SECOND,
    "source": "ch_1",
    "reporting_category": "charge",
    "fee_details": [
        {"type": "stripe_fee", "amount": 140, "currency": "eur"},
        {"type": "tax", "amount": 20, "currency": "eur"},
    ],
}


def made(kind, **fields):
    return kind.construct_from(fields, "sk_test_suite")


def test_a_movement_keeps_its_rate_as_it_was_written():
    moved = reading.read_movement(made(stripe.BalanceTransaction, **TXN))
    assert (moved.amount, moved.fee, moved.net, moved.currency) == (4600, 160, 4440, "eur")
    assert (moved.exchange_rate, moved.created) == ("0.92", AT)
    assert (moved.source, moved.category, moved.fee_tax) == ("ch_1", "charge", 20)


CHARGE = {
    "id": "ch_1",
    "object": "charge",
    "created": SECOND,
    "failure_code": None,
    "billing_details": {"email": "reader@example.org", "name": "Vera Reader"},
    "payment_method_details": {"type": "card", "card": {"country": "NL"}},
    "balance_transaction": {"object": "balance_transaction", **TXN},
}


def intent(**changes):
    fields = {
        "id": "pi_1",
        "status": "succeeded",
        "amount": 5000,
        "currency": "usd",
        "metadata": {"donation": "abc"},
        "customer": "cus_1",
        "created": SECOND - 60,
        "latest_charge": CHARGE,
        "last_payment_error": None,
    }
    return reading.read_payment(made(stripe.PaymentIntent, **{**fields, **changes}))


def test_a_payment_is_read_with_its_charge_and_movement():
    paid = intent()
    assert paid.succeeded
    assert (paid.amount, paid.donation) == (Money(5000, "usd"), "abc")
    assert (paid.person.email, paid.person.customer) == ("reader@example.org", "cus_1")
    assert (paid.method, paid.card_country, paid.charged_at) == ("card", "NL", AT)
    assert paid.movement.id == "txn_1"


def test_a_payment_whose_fee_is_not_known_yet_has_no_movement():
    assert intent(latest_charge={**CHARGE, "balance_transaction": None}).movement is None


def test_a_payment_nobody_tried_yet_is_read_without_a_charge():
    waiting = intent(latest_charge=None, status="requires_payment_method")
    assert not waiting.succeeded
    assert (waiting.method, waiting.movement, waiting.person.email) == ("unknown", None, None)


def test_a_payment_of_another_product_carries_no_donation():
    assert intent(metadata={}).donation is None
    assert intent(metadata=None).donation is None


@pytest.mark.parametrize(
    "status", ["processing", "requires_action", "canceled", "requires_capture"]
)
def test_only_a_succeeded_payment_succeeded(status):
    assert not intent(status=status).succeeded


def session_of(**changes):
    fields = {
        "id": "cs_1",
        "url": None,
        "status": "complete",
        "payment_status": "paid",
        "metadata": {"donation": "abc"},
        "customer": "cus_1",
        "customer_details": {"email": "reader@example.org", "name": None},
        "payment_intent": "pi_1",
        "subscription": None,
        "invoice": None,
        "expires_at": SECOND,
    }
    return reading.read_session(made(stripe.checkout.Session, **{**fields, **changes}))


def test_a_session_names_who_paid_and_by_what():
    read = session_of()
    assert (read.payment, read.subscription, read.expires_at) == ("pi_1", None, AT)
    assert (read.person.email, read.person.name) == ("reader@example.org", None)


def test_a_session_nobody_filled_in_has_no_person():
    person = session_of(customer_details=None, customer=None, payment_intent=None).person
    assert (person.email, person.name, person.customer) == (None, None, None)


def test_an_expanded_object_is_read_as_its_id():
    expanded = {"id": "cus_9", "object": "customer"}
    assert session_of(customer=expanded).person.customer == "cus_9"


def invoice(**changes):
    fields = {
        "id": "in_1",
        "status": "paid",
        "amount_paid": 5000,
        "parent": {
            "subscription_details": {"subscription": "sub_1", "metadata": {"donation": "abc"}}
        },
        "customer": "cus_1",
        "customer_email": "reader@example.org",
        "customer_name": None,
        "payments": {
            "object": "list",
            "data": [
                {"payment": {"type": "payment_intent", "payment_intent": "pi_1"}},
                {"payment": {"type": "charge", "charge": "ch_2"}},
            ],
        },
        "attempt_count": 2,
        "next_payment_attempt": SECOND,
    }
    return reading.read_invoice(made(stripe.Invoice, **{**fields, **changes}))


def test_an_invoice_names_subscription_and_payments_where_the_api_keeps_them_now():
    read = invoice()
    assert (read.subscription, read.donation, read.payments) == ("sub_1", "abc", ("pi_1",))
    assert (read.attempt_count, read.next_attempt) == (2, AT)


def test_an_invoice_of_no_subscription_is_not_ours():
    read = invoice(parent=None, payments=None, next_payment_attempt=None)
    assert (read.subscription, read.donation, read.payments) == (None, None, ())
    assert read.next_attempt is None


def subscription(**changes):
    fields = {
        "id": "sub_1",
        "status": "active",
        "metadata": {"donation": "abc"},
        "customer": "cus_1",
        "items": {
            "object": "list",
            "data": [
                {
                    "price": {
                        "unit_amount": 1500,
                        "currency": "usd",
                        "recurring": {"interval": "year"},
                    },
                    "quantity": 2,
                    "current_period_end": SECOND,
                }
            ],
        },
        "start_date": SECOND,
        "cancel_at_period_end": False,
        "cancel_at": None,
        "pause_collection": None,
        "ended_at": None,
        "cancellation_details": None,
        "default_payment_method": None,
    }
    return reading.read_subscription(made(stripe.Subscription, **{**fields, **changes}))


def test_a_subscription_renews_when_its_item_says():
    read = subscription()
    assert (read.amount, read.frequency) == (Money(3000, "usd"), Frequency.ANNUAL)
    assert (read.renews_at, read.collection_paused, read.end_reason) == (AT, False, None)


def test_a_subscription_that_ended_says_when_and_why():
    ended = subscription(
        status="canceled", ended_at=SECOND, cancellation_details={"reason": "payment_failed"}
    )
    assert (ended.ended_at, ended.end_reason) == (AT, "payment_failed")
    assert subscription(pause_collection={"behavior": "void"}).collection_paused


def test_a_subscription_may_be_said_to_end_in_two_ways():
    assert not subscription().ends_with_period
    assert subscription(cancel_at_period_end=True, cancel_at=SECOND).ends_with_period
    assert subscription(cancel_at=SECOND).ends_with_period


def refund(**changes):
    fields = {
        "id": "re_1",
        "status": "succeeded",
        "amount": 2000,
        "currency": "usd",
        "payment_intent": "pi_1",
        "created": SECOND,
        "balance_transaction": {"object": "balance_transaction", **TXN},
        "failure_balance_transaction": None,
    }
    return reading.read_refund(made(stripe.Refund, **{**fields, **changes}))


def test_a_refund_that_failed_moved_money_twice():
    back = {"object": "balance_transaction", **TXN, "id": "txn_back"}
    assert [moved.id for moved in refund().movements] == ["txn_1"]
    failed = refund(failure_balance_transaction=back)
    assert [moved.id for moved in failed.movements] == ["txn_1", "txn_back"]
    assert refund(balance_transaction=None, status=None).status == "pending"


def test_a_dispute_says_until_when_it_can_be_answered():
    fields = {
        "id": "dp_1",
        "status": "needs_response",
        "reason": "fraudulent",
        "amount": 5000,
        "currency": "usd",
        "payment_intent": "pi_1",
        "created": SECOND,
        "evidence_details": {"due_by": SECOND},
        "balance_transactions": [{"object": "balance_transaction", **TXN}],
    }
    read = reading.read_dispute(made(stripe.Dispute, **fields))
    assert (read.answer_by, len(read.movements)) == (AT, 1)
    bare = {**fields, "evidence_details": {"due_by": None}, "balance_transactions": []}
    assert reading.read_dispute(made(stripe.Dispute, **bare)).answer_by is None


def payout(**changes):
    fields = {
        "id": "po_1",
        "status": "paid",
        "amount": 4440,
        "currency": "eur",
        "automatic": True,
        "reconciliation_status": "completed",
        "created": SECOND,
        "arrival_date": SECOND,
        "trace_id": {"status": "supported", "value": "trace_1"},
        "failure_code": None,
        "balance_transaction": {"object": "balance_transaction", **TXN},
        "failure_balance_transaction": None,
    }
    return reading.read_payout(made(stripe.Payout, **{**fields, **changes}))


def test_a_payout_says_what_it_took_and_whether_its_lines_can_be_asked_for():
    read = payout()
    assert (read.amount, read.status, read.automatic) == (Money(4440, "eur"), "paid", True)
    assert (read.trace_id, read.arrives_on, read.lines_known) == ("trace_1", AT.date(), True)
    assert (read.movement.id, read.returned) == ("txn_1", None)
    assert not payout(reconciliation_status="in_progress").lines_known
    assert payout(trace_id={"status": "pending", "value": None}).trace_id is None


def test_a_payout_that_came_back_says_by_what():
    back = {"object": "balance_transaction", **TXN, "id": "txn_back"}
    failed = payout(failure_balance_transaction=back, failure_code="no_account", trace_id=None)
    assert (failed.returned.id, failed.failure_code, failed.trace_id) == (
        "txn_back",
        "no_account",
        None,
    )
    assert payout(balance_transaction=None).movement is None


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (
            {"code": "card_declined", "decline_code": "insufficient_funds"},
            "requires_payment_method",
            "insufficient_funds",
        ),
        ({"code": "expired_card"}, "requires_payment_method", "expired_card"),
        (None, "requires_action", "authentication_required"),
        (None, "succeeded", None),
    ],
)
def test_why_a_payment_failed_is_told_by_the_most_exact_word_there_is(error, status, code):
    assert intent(last_payment_error=error, status=status).failure_code == code
