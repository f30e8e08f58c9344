"""What Stripe itself was recorded to do, asked of the sandbox.

The facts are those that the authors of `seahaven-stripe-world` 0.3.0 recorded at Stripe in
September 2026 (`dahlia`) and wrote down beside their own emulator.  Nothing here was inferred.
"""

from __future__ import annotations

import pytest
import stripe

RETURN = "http://127.0.0.1:1/thanks"


@pytest.fixture
def paid(sandbox, sdk):
    """Pays a session by a card; its charge."""

    def pay(card="4242424242424242", amount=5000, **more):
        item = {
            "quantity": 1,
            "price_data": {
                "currency": "usd",
                "unit_amount": amount,
                "product_data": {"name": "Gift"},
            },
        }
        session = sdk.v1.checkout.sessions.create(
            {"mode": "payment", "success_url": RETURN, "line_items": [item], **more}
        )
        sandbox.control("pay", {"session": session.id, "card": card})
        intent = sdk.v1.checkout.sessions.retrieve(session.id).payment_intent
        return sdk.v1.charges.list({"payment_intent": intent}).data[0]

    return pay


@pytest.fixture
def member(sandbox, sdk):
    """Joins by the hosted page; the subscription."""

    def join():
        item = {
            "quantity": 1,
            "price_data": {
                "currency": "usd",
                "unit_amount": 1500,
                "product_data": {"name": "Support"},
                "recurring": {"interval": "month"},
            },
        }
        session = sdk.v1.checkout.sessions.create(
            {"mode": "subscription", "success_url": RETURN, "line_items": [item]}
        )
        sandbox.control("pay", {"session": session.id})
        joined = sdk.v1.checkout.sessions.retrieve(session.id).subscription
        return sdk.v1.subscriptions.retrieve(joined)

    return join


def happened(sandbox):
    return [event["type"] for event in sandbox.world.store.tables["event"].values()]


def refusal(verb, *given):
    with pytest.raises(stripe.StripeError) as refused:
        verb(*given)
    return refused.value


def dispute_of(sdk, charge):
    return sdk.v1.disputes.list({"charge": charge.id}).data[0]


def movements(sdk, source):
    return sdk.v1.balance_transactions.list({"source": source.id}).data


# refunds


def test_a_refund_is_told_before_the_refunded_charge(paid, sdk, sandbox):
    sdk.v1.refunds.create({"charge": paid().id})
    told = happened(sandbox)
    assert told.index("refund.created") < told.index("charge.refunded")


def test_a_refund_moves_its_amount_without_a_fee(paid, sdk):
    charge = paid(payment_intent_data={"description": "A mug"})
    refund = sdk.v1.refunds.create(
        {"charge": charge.id, "amount": 1000, "expand": ["balance_transaction"]}
    )
    moved = refund.balance_transaction
    assert (moved.type, moved.reporting_category) == ("refund", "refund")
    assert (moved.amount, moved.fee, moved.net) == (-1000, 0, -1000)
    assert moved.description == "REFUND FOR CHARGE (A mug)"


def test_a_card_refund_waits_for_its_reference(paid, sdk):
    refund = sdk.v1.refunds.create({"charge": paid().id})
    assert refund.destination_details.to_dict() == {
        "type": "card",
        "card": {
            "type": "refund",
            "reference_type": "acquirer_reference_number",
            "reference_status": "pending",
        },
    }


def test_more_than_is_left_is_refused_in_money(paid, sdk):
    charge = paid(amount=5000)
    sdk.v1.refunds.create({"charge": charge.id, "amount": 4000})
    refused = refusal(sdk.v1.refunds.create, {"charge": charge.id, "amount": 4000})
    assert refused.param == "amount"
    assert refused.user_message == (
        "Refund amount ($40.00) is greater than unrefunded amount on charge ($10.00)"
    )


def test_a_charge_given_back_whole_says_so(paid, sdk):
    charge = paid()
    sdk.v1.refunds.create({"charge": charge.id})
    refused = refusal(sdk.v1.refunds.create, {"charge": charge.id})
    assert refused.code == "charge_already_refunded"
    assert refused.user_message == f"Charge {charge.id} has already been refunded."


def test_nothing_is_no_refund(paid, sdk):
    refused = refusal(sdk.v1.refunds.create, {"charge": paid().id, "amount": 0})
    assert (refused.code, refused.param) == ("parameter_invalid_integer", "amount")
    assert refused.user_message == "This value must be greater than or equal to 1."


def test_a_charge_nobody_made_is_not_found_under_the_name_id(sdk):
    refused = refusal(sdk.v1.refunds.create, {"charge": "ch_nope"})
    assert (refused.http_status, refused.code, refused.param) == (404, "resource_missing", "id")


# disputes


def test_a_disputing_card_tells_the_dispute_before_the_payment(paid, sandbox):
    paid("4000000000000259")
    told = [
        name
        for name in happened(sandbox)
        if name.startswith(("charge.succeeded", "charge.dispute", "payment_intent.succ"))
    ]
    assert told == [
        "charge.succeeded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "payment_intent.succeeded",
    ]


def test_a_dispute_takes_the_amount_and_fifteen_dollars(paid, sdk):
    charge = paid("4000000000000259")
    [moved] = dispute_of(sdk, charge).balance_transactions
    assert (moved.type, moved.reporting_category) == ("adjustment", "dispute")
    assert (moved.amount, moved.fee) == (-5000, 1500)
    assert moved.description == f"Chargeback withdrawal for {charge.id}"
    assert [each.description for each in moved.fee_details] == ["Dispute fee"]


def test_a_disputed_charge_takes_no_refund(paid, sdk):
    charge = paid("4000000000000259")
    refused = refusal(sdk.v1.refunds.create, {"charge": charge.id})
    assert refused.code == "charge_disputed"
    assert refused.user_message == (
        f"Charge {charge.id} has been charged back; cannot issue a refund."
    )


def test_an_inquiry_moves_nothing_and_leaves_the_charge_refundable(paid, sdk):
    charge = paid("4000000000001976")
    inquiry = dispute_of(sdk, charge)
    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    assert inquiry.balance_transactions == []
    assert inquiry.payment_method_details.card.case_type == "inquiry"
    sdk.v1.refunds.create({"charge": charge.id})


@pytest.mark.parametrize(
    ("card", "reason", "code"),
    [
        ("4000000000000259", "fraudulent", "10.4"),
        ("4000000000002685", "product_not_received", "13.1"),
    ],
)
def test_a_dispute_carries_visas_code(paid, sdk, card, reason, code):
    dispute = dispute_of(sdk, paid(card))
    assert dispute.reason == reason
    assert dispute.payment_method_details.card.to_dict() == {
        "brand": "visa",
        "case_type": "chargeback",
        "network": "visa",
        "network_reason_code": code,
    }


def test_a_win_brings_back_the_amount_and_not_the_fee(paid, sdk, sandbox):
    charge = paid("4000000000000259")
    dispute = dispute_of(sdk, charge)
    sdk.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    sandbox.control("advance", {"days": 1})
    won = sdk.v1.disputes.retrieve(dispute.id)
    assert won.status == "won"
    back = next(each for each in won.balance_transactions if each.amount > 0)
    assert (back.type, back.reporting_category) == ("adjustment", "dispute_reversal")
    assert (back.amount, back.fee) == (5000, 0)
    assert back.description == f"Chargeback reversal for {charge.id}"


def test_evidence_puts_a_dispute_under_review(paid, sdk, sandbox):
    dispute = dispute_of(sdk, paid("4000000000000259"))
    answer = sdk.v1.disputes.update(dispute.id, {"evidence": {"product_description": "A mug"}})
    assert answer.status == "under_review"
    assert answer.evidence_details.submission_count == 1
    told = happened(sandbox)
    assert told[-2:] == ["charge.dispute.updated", "charge.updated"]


def test_a_closed_dispute_is_lost_at_once_and_takes_nothing_more(paid, sdk, sandbox):
    dispute = dispute_of(sdk, paid("4000000000000259"))
    assert sdk.v1.disputes.close(dispute.id).status == "lost"
    assert happened(sandbox)[-2:] == ["charge.dispute.closed", "charge.updated"]
    again = refusal(sdk.v1.disputes.update, dispute.id, {"metadata": {"a": "b"}})
    assert again.user_message == "This dispute is already closed"


# payments


def test_a_charge_is_told_before_its_payment(paid, sandbox):
    paid()
    told = happened(sandbox)
    assert told.index("charge.succeeded") < told.index("payment_intent.succeeded")


def test_a_payment_is_captured_asynchronously(paid, sdk):
    intent = sdk.v1.payment_intents.retrieve(paid().payment_intent)
    assert intent.capture_method == "automatic_async"


def test_a_charge_moves_its_amount_less_the_fee(paid, sdk):
    charge = paid(payment_intent_data={"description": "A mug"})
    charge = sdk.v1.charges.retrieve(charge.id, {"expand": ["balance_transaction"]})
    moved = charge.balance_transaction
    assert (moved.type, moved.reporting_category) == ("charge", "charge")
    assert (moved.status, moved.description) == ("pending", "A mug")
    assert [each.description for each in moved.fee_details] == ["Stripe processing fees"]
    assert moved.available_on % 86_400 == 0


def test_a_good_charge_says_how_it_went(paid):
    outcome = paid().outcome.to_dict()
    assert outcome["network_status"] == "approved_by_network"
    assert outcome["risk_level"] == "normal"
    assert outcome["seller_message"] == "Payment complete."
    assert outcome["type"] == "authorized"


def test_a_declined_charge_says_why(sandbox, sdk, paid):
    item = {
        "quantity": 1,
        "price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "Gift"}},
    }
    session = sdk.v1.checkout.sessions.create(
        {"mode": "payment", "success_url": RETURN, "line_items": [item]}
    )
    sandbox.control("pay", {"session": session.id, "card": "4000000000000002"})
    charge = sdk.v1.charges.list().data[0]
    assert (charge.status, charge.failure_code) == ("failed", "card_declined")
    assert charge.failure_message == "Your card was declined."
    assert charge.outcome.reason == "generic_decline"
    assert charge.outcome.network_status == "declined_by_network"
    assert charge.outcome.type == "issuer_declined"
    assert charge.outcome.seller_message == (
        "The bank did not return any further details with this decline."
    )


# payment methods and customers


def test_attaching_again_changes_nothing(sdk):
    customer = sdk.v1.customers.create({"name": "Jenny"})
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    again = sdk.v1.payment_methods.attach(method.id, {"customer": customer.id})
    assert again.customer == customer.id
    assert again.card.checks.cvc_check == "pass"


def test_a_card_that_declines_cannot_be_attached(sdk):
    customer = sdk.v1.customers.create({"name": "Jenny"})
    refused = refusal(
        sdk.v1.payment_methods.attach,
        "pm_card_visa_chargeDeclined",
        {"customer": customer.id},
    )
    assert (refused.http_status, refused.code) == (402, "card_declined")
    assert refused.error.decline_code == "generic_decline"


def test_a_detached_method_tells_whose_it_was(sdk, sandbox):
    customer = sdk.v1.customers.create({"name": "Jenny"})
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    sdk.v1.payment_methods.detach(method.id)
    told = sdk.v1.events.list({"type": "payment_method.detached"}).data[0]
    assert told.data.previous_attributes.to_dict() == {"customer": customer.id}
    refused = refusal(sdk.v1.payment_methods.detach, method.id)
    assert refused.user_message == (
        "The payment method you provided is not attached to a customer so detachment is impossible."
    )


def test_a_method_has_a_whole_address_of_nulls(sdk):
    customer = sdk.v1.customers.create({"name": "Jenny"})
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    assert set(method.billing_details.address.to_dict().values()) == {None}
    assert customer.address is None


# who may ask, what is refused


def test_what_is_not_there_is_named_without_a_full_stop(sdk):
    refused = refusal(sdk.v1.customers.retrieve, "cus_nope")
    assert (refused.http_status, refused.code) == (404, "resource_missing")
    assert refused.user_message == "No such customer: 'cus_nope'"


def test_a_cursor_that_is_not_there_is_a_bad_request(sdk):
    refused = refusal(sdk.v1.customers.list, {"starting_after": "cus_nope"})
    assert (refused.http_status, refused.code) == (400, "resource_missing")


def test_an_unknown_parameter_is_named_without_a_full_stop(sdk):
    refused = refusal(sdk.v1.customers.create, {"colour": "red"})
    assert refused.code == "parameter_unknown"
    assert refused.user_message == "Received unknown parameter: colour"


def test_a_key_used_for_something_else_names_the_key(sdk):
    sdk.v1.customers.create({"name": "A"}, {"idempotency_key": "one"})
    refused = refusal(sdk.v1.customers.create, {"name": "B"}, {"idempotency_key": "one"})
    assert refused.http_status == 400
    assert refused.user_message == (
        "Keys for idempotent requests can only be used with the same parameters they were first "
        "used with. Try using a key other than 'one' if you meant to execute a different request."
    )


def test_a_movement_that_is_not_there_has_a_space_in_its_name(sdk):
    refused = refusal(sdk.v1.balance_transactions.retrieve, "txn_nope")
    assert refused.user_message == "No such balance transaction: 'txn_nope'"
    assert refused.param == "id"


def test_a_kind_of_movement_nobody_knows_lists_nothing(sdk):
    assert sdk.v1.balance_transactions.list({"type": "bogus"}).data == []


def test_a_payout_of_nothing_is_refused(sdk):
    refused = refusal(sdk.v1.payouts.create, {"amount": 0, "currency": "usd"})
    assert refused.user_message == "This value must be greater than or equal to 1."


# subscriptions


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


# catalogue


def test_a_deleted_product_is_gone(sdk):
    product = sdk.v1.products.create({"name": "Mug"})
    sdk.v1.products.delete(product.id)
    assert refusal(sdk.v1.products.retrieve, product.id).http_status == 404


def test_a_lookup_key_is_held_by_one_price_which_is_named(sdk):
    product = sdk.v1.products.create({"name": "Mug"})
    price = {"currency": "usd", "unit_amount": 500, "product": product.id, "lookup_key": "mug"}
    holder = sdk.v1.prices.create(price)
    refused = refusal(sdk.v1.prices.create, price)
    assert refused.user_message == f"A price (`{holder.id}`) already uses that lookup key."
    assert refused.param == "lookup_key"


def test_a_lookup_key_leaves_its_holder_before_the_new_price_is_told(sdk):
    product = sdk.v1.products.create({"name": "Mug"})
    price = {"currency": "usd", "unit_amount": 500, "product": product.id, "lookup_key": "mug"}
    holder = sdk.v1.prices.create(price)
    sdk.v1.prices.create(price | {"transfer_lookup_key": True})
    created, updated = sdk.v1.events.list({"limit": 2}).data
    assert (updated.type, created.type) == ("price.updated", "price.created")
    assert updated.data.object.id == holder.id
    assert updated.data.previous_attributes.to_dict() == {"lookup_key": "mug"}


# payments by the API


def declined(sdk, **more):
    return refusal(
        sdk.v1.payment_intents.create,
        {
            "amount": 500,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_visa_chargeDeclined",
            "return_url": RETURN,
            **more,
        },
    )


def test_a_decline_carries_the_intent_and_the_method(sdk, sandbox):
    error = declined(sdk)
    assert (error.http_status, error.code) == (402, "card_declined")
    assert error.error.payment_intent.status == "requires_payment_method"
    assert error.error.payment_intent.payment_method is None
    assert error.error.payment_method.card.checks.cvc_check == "pass"
    assert happened(sandbox)[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_an_intent_with_a_method_waits_for_its_confirmation(sdk):
    intent = sdk.v1.payment_intents.create(
        {"amount": 500, "currency": "usd", "payment_method": "pm_card_visa"}
    )
    assert intent.status == "requires_confirmation"


def test_a_reader_asked_for_3d_secure_has_no_charge_yet(sdk):
    intent = sdk.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_threeDSecure2Required",
            "return_url": RETURN,
        }
    )
    assert (intent.status, intent.latest_charge) == ("requires_action", None)
    assert intent.payment_method is not None


def test_a_held_amount_is_captured_within_seven_days(sdk):
    intent = sdk.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "confirm": True,
            "capture_method": "manual",
            "payment_method": "pm_card_visa",
            "return_url": RETURN,
            "expand": ["latest_charge"],
        }
    )
    card = intent.latest_charge.payment_method_details.card
    assert card.capture_before == intent.latest_charge.created + 604_800
    assert intent.latest_charge.balance_transaction is None
    refused = refusal(sdk.v1.payment_intents.capture, intent.id, {"amount_to_capture": 501})
    assert refused.code == "amount_too_large"
    assert sdk.v1.payment_intents.capture(intent.id).status == "succeeded"


def test_a_disputing_card_that_is_only_held_disputes_nothing(sdk, sandbox):
    intent = sdk.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "confirm": True,
            "capture_method": "manual",
            "payment_method": "pm_card_createDispute",
            "return_url": RETURN,
        }
    )
    assert "charge.dispute.created" not in happened(sandbox)
    sdk.v1.payment_intents.capture(intent.id)
    told = happened(sandbox)
    assert told.index("charge.captured") < told.index("charge.dispute.created")


def test_a_setup_intent_asks_for_a_method_though_the_customer_has_one(sdk):
    customer = sdk.v1.customers.create(
        {
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )
    intent = sdk.v1.setup_intents.create({"customer": customer.id})
    assert intent.usage == "off_session"
    refused = refusal(sdk.v1.setup_intents.confirm, intent.id)
    assert refused.user_message.startswith(
        "You cannot confirm this SetupIntent because it's missing a payment method."
    )


# subscriptions and invoices by the API


@pytest.fixture
def payer(sdk):
    """A customer whose card pays by default."""
    return sdk.v1.customers.create(
        {
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )


@pytest.fixture
def monthly(sdk):
    """A price of fifteen dollars a month."""
    product = sdk.v1.products.create({"name": "Support"})
    return sdk.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 1500,
            "product": product.id,
            "recurring": {"interval": "month"},
        }
    )


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


def test_a_dispute_has_eight_days_to_the_last_second(paid, sdk):
    dispute = dispute_of(sdk, paid("4000000000000259"))
    assert dispute.id.startswith("du_")
    day = dispute.created // 86_400
    assert dispute.evidence_details.due_by == (day + 9) * 86_400 - 1


def test_a_payout_in_a_currency_nobody_paid_in_has_no_account(sdk):
    refused = refusal(sdk.v1.payouts.create, {"amount": 100, "currency": "nok"})
    assert refused.user_message.startswith("Sorry, you don't have any external accounts")
