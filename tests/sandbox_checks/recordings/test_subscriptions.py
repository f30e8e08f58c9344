"""What Stripe itself was recorded to do with subscriptions and invoices, asked of the sandbox."""

from __future__ import annotations

from sandbox_checks.recordings.asking import refusal


def test_a_planned_end_notes_when_and_why_it_was_asked(member, sdk, sandbox):
    subscription = member()
    now = sandbox.world.clock.now()
    planned = sdk.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert abs(planned.canceled_at - now) <= 1
    assert planned.cancel_at == planned["items"].data[0].current_period_end
    assert planned.cancellation_details.reason == "cancellation_requested"
    undone = sdk.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
    assert (undone.canceled_at, undone.cancel_at) == (None, None)
    assert undone.cancellation_details.reason is None


def test_a_planned_end_keeps_the_moment_it_was_asked(member, sdk, sandbox):
    subscription = member()
    asked = sdk.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True}).canceled_at
    sandbox.control("advance", {"days": 32})
    ended = sdk.v1.subscriptions.retrieve(subscription.id)
    assert ended.status == "canceled"
    assert ended.canceled_at == asked
    assert ended.ended_at == subscription["items"].data[0].current_period_end


def test_a_canceled_subscription_is_missing_to_a_second_cancel(member, sdk):
    subscription = member()
    assert sdk.v1.subscriptions.cancel(subscription.id).status == "canceled"
    refused = refusal(sdk.v1.subscriptions.cancel, subscription.id)
    assert (refused.http_status, refused.code, refused.param) == (404, "resource_missing", "id")


def test_a_canceled_subscription_takes_no_other_change(member, sdk):
    subscription = member()
    sdk.v1.subscriptions.cancel(subscription.id)
    refused = refusal(sdk.v1.subscriptions.update, subscription.id, {"cancel_at_period_end": True})
    assert refused.code == "invalid_canceled_subscription_fields"


def test_a_paid_invoice_advances_no_more(member, sdk):
    invoice = sdk.v1.invoices.retrieve(member().latest_invoice)
    assert (invoice.status, invoice.auto_advance, invoice.attempted) == ("paid", False, True)


def test_a_subscription_needs_something_to_be_paid_with(sdk, monthly):
    customer = sdk.v1.customers.create({"name": "Jenny"})
    refused = refusal(
        sdk.v1.subscriptions.create, {"customer": customer.id, "items": [{"price": monthly.id}]}
    )
    assert (refused.http_status, refused.code) == (400, "resource_missing")
    assert refused.user_message.startswith(
        "This customer has no attached payment source or default payment method."
    )


def test_the_customers_default_pays_and_is_not_written_on_the_subscription(sdk, payer, monthly):
    joined = sdk.v1.subscriptions.create({"customer": payer.id, "items": [{"price": monthly.id}]})
    assert (joined.status, joined.default_payment_method) == ("active", None)


def test_a_trial_has_a_paid_invoice_of_nothing(sdk, payer, monthly):
    trial = sdk.v1.subscriptions.create(
        {"customer": payer.id, "items": [{"price": monthly.id}], "trial_period_days": 7}
    )
    invoice = sdk.v1.invoices.retrieve(trial.latest_invoice)
    assert (invoice.status, invoice.amount_due) == ("paid", 0)
    assert invoice.billing_reason == "subscription_create"
    assert (invoice.attempted, invoice.attempt_count) == (True, 0)


def test_a_void_invoice_keeps_its_amounts(sdk, payer):
    sdk.v1.invoice_items.create({"customer": payer.id, "amount": 900, "currency": "usd"})
    draft = sdk.v1.invoices.create(
        {"customer": payer.id, "pending_invoice_items_behavior": "include", "auto_advance": False}
    )
    assert (draft.amount_due, draft.effective_at) == (900, None)
    sdk.v1.invoices.finalize_invoice(draft.id)
    void = sdk.v1.invoices.void_invoice(draft.id)
    assert (void.status, void.amount_due, void.amount_remaining) == ("void", 900, 900)


def test_an_invoice_under_the_minimum_is_owed_and_never_charged(sdk, payer):
    sdk.v1.invoice_items.create({"customer": payer.id, "amount": 4, "currency": "usd"})
    draft = sdk.v1.invoices.create(
        {"customer": payer.id, "pending_invoice_items_behavior": "include", "auto_advance": False}
    )
    settled = sdk.v1.invoices.finalize_invoice(draft.id)
    assert (settled.status, settled.attempted, settled.attempt_count) == ("paid", True, 0)
    assert sdk.v1.customers.retrieve(payer.id).balance == 4
    [moved] = sdk.v1.customers.balance_transactions.list(payer.id).data
    assert (moved.type, moved.amount) == ("invoice_too_small", 4)
