from __future__ import annotations

import pytest
import stripe

DAY = 86_400
FAILING = "pm_card_chargeCustomerFail"

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def behind(members, sdk):
    """A member whose first renewal has just failed, and the invoice of it."""
    begun = members.begin()
    [method] = sdk.v1.customers.payment_methods.list(begun.customer).data
    failing = sdk.v1.payment_methods.attach(FAILING, {"customer": begun.customer})
    sdk.v1.subscriptions.update(begun.id, {"default_payment_method": failing.id})
    members.advance(until_next_renewal=True)
    return members.again(begun), members.invoices(begun)[0], method


def new_card(sdk, subscription, card="pm_card_visa"):
    method = sdk.v1.payment_methods.attach(card, {"customer": subscription.customer})
    sdk.v1.subscriptions.update(subscription.id, {"default_payment_method": method.id})
    return method


def test_a_failed_renewal_is_tried_eight_times_more_in_two_weeks_and_then_it_ends(
    shop, members, sdk, behind
):
    subscription, invoice, _ = behind
    assert (subscription.status, invoice.status, invoice.attempt_count) == ("past_due", "open", 1)
    began = members.now()
    assert abs(invoice.next_payment_attempt - began - DAY) <= 2
    gaps = []
    for _ in range(8):
        due = sdk.v1.invoices.retrieve(invoice.id).next_payment_attempt
        gaps.append(round((due - members.now()) / DAY))
        members.advance(to=due)
    assert gaps == [1, 1, 1, 2, 2, 2, 2, 3]
    assert abs(members.now() - began - 14 * DAY) <= 2
    after = sdk.v1.invoices.retrieve(invoice.id)
    assert (after.status, after.attempt_count, after.next_payment_attempt) == ("open", 9, None)
    ended = members.again(subscription)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    assert shop.happened().count("invoice.payment_failed") == 9
    assert shop.happened()[-1] == "customer.subscription.deleted"


def test_a_new_card_pays_at_the_next_try_and_not_before(members, sdk, behind):
    subscription, invoice, _ = behind
    new_card(sdk, subscription)
    assert members.again(subscription).status == "past_due"
    members.advance(to=invoice.next_payment_attempt)
    assert sdk.v1.invoices.retrieve(invoice.id).status == "paid"
    assert members.again(subscription).status == "active"


def test_a_card_changed_at_the_customer_does_not_help_a_subscription_with_its_own(
    members, sdk, behind
):
    subscription, invoice, _ = behind
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": subscription.customer})
    settings = {"invoice_settings": {"default_payment_method": method.id}}
    sdk.v1.customers.update(subscription.customer, settings)
    members.advance(to=invoice.next_payment_attempt)
    assert sdk.v1.invoices.retrieve(invoice.id).status == "open"


@pytest.mark.parametrize("then", ["unpaid", "past_due"])
def test_the_policy_says_what_becomes_of_it(sandbox, members, behind, then):
    sandbox.control("settings", {"dunning": {"after_days": [2], "then": then}})
    subscription, _, _ = behind
    members.advance(days=3)
    assert members.again(subscription).status == then


def test_an_unpaid_subscription_draws_drafts_until_the_latest_is_paid(
    sandbox, members, sdk, behind
):
    subscription, first, method = behind
    sandbox.control("settings", {"dunning": {"after_days": [2], "then": "unpaid"}})
    members.advance(months=1)
    members.advance(days=3)
    latest = members.invoices(subscription)[0]
    assert (latest.status, latest.auto_advance, latest.attempt_count) == ("draft", False, 0)
    sdk.v1.invoices.pay(first.id, {"payment_method": method.id})
    assert members.again(subscription).status == "unpaid"
    sdk.v1.invoices.pay(latest.id, {"payment_method": method.id})
    assert members.again(subscription).status == "active"


def test_the_policy_may_pause_after_the_last_try(sandbox, members, sdk, behind):
    sandbox.control("settings", {"dunning": {"after_days": [1], "then": "pause"}})
    subscription, invoice, _ = behind
    members.advance(days=2)
    paused = members.again(subscription)
    assert paused.status == "paused"
    assert paused.status_details.paused.subscription.type == "final_payment_failure"
    written_off = sdk.v1.invoices.retrieve(invoice.id)
    assert written_off.status == "uncollectible"
    assert written_off.status_details.uncollectible.reason == "subscription_paused"


def test_the_policy_may_pause_at_the_first_failure(sandbox, members):
    sandbox.control("settings", {"dunning": {"first_failure": "pause"}})
    begun = members.begin()
    new_card(members.sdk, begun, FAILING)
    members.advance(until_next_renewal=True)
    paused = members.again(begun)
    assert paused.status_details.paused.subscription.type == "first_payment_failure"


def test_a_card_that_wants_its_owner_is_not_charged_again_but_the_schedule_runs_on(
    shop, members, sdk
):
    begun = members.begin()
    new_card(sdk, begun, "pm_card_authenticationRequired")
    before = len(shop.happened())
    members.advance(until_next_renewal=True)
    told = shop.happened(since=before)
    assert "invoice.payment_action_required" in told
    assert "invoice.payment_failed" in told
    invoice = sdk.v1.invoices.retrieve(members.invoices(begun)[0].id, {"expand": ["payments"]})
    intent = sdk.v1.payment_intents.retrieve(invoice.payments.data[0].payment.payment_intent)
    assert intent.status == "requires_action"
    before = len(shop.happened())
    members.advance(days=3)
    after = sdk.v1.invoices.retrieve(invoice.id)
    assert after.attempt_count == 4
    assert "charge.failed" not in shop.happened(since=before)
    assert "invoice.payment_failed" not in shop.happened(since=before)
    new_card(sdk, begun)
    members.advance(to=after.next_payment_attempt)
    assert sdk.v1.invoices.retrieve(invoice.id).status == "paid"


def test_voiding_the_latest_invoice_or_writing_it_off_puts_the_member_in_good_standing(
    members, sdk, behind
):
    subscription, invoice, _ = behind
    sdk.v1.invoices.mark_uncollectible(invoice.id)
    assert members.again(subscription).status == "active"
    members.advance(until_next_renewal=True)
    second = members.invoices(subscription)[0]
    assert members.again(subscription).status == "past_due"
    sdk.v1.invoices.void_invoice(second.id)
    assert members.again(subscription).status == "active"


def test_a_subscription_that_ends_leaves_its_open_invoices_alone(members, sdk, behind):
    subscription, invoice, _ = behind
    sdk.v1.subscriptions.cancel(subscription.id)
    after = sdk.v1.invoices.retrieve(invoice.id)
    assert (after.status, after.auto_advance, after.next_payment_attempt) == ("open", False, None)
    members.advance(days=20)
    assert sdk.v1.invoices.retrieve(invoice.id).attempt_count == 1


def test_a_retry_that_succeeds_counts_no_further(members, sdk, behind):
    subscription, invoice, method = behind
    sdk.v1.subscriptions.update(subscription.id, {"default_payment_method": method.id})
    members.advance(days=2)
    after = sdk.v1.invoices.retrieve(invoice.id)
    assert (after.status, after.attempt_count, after.next_payment_attempt) == ("paid", 2, None)


def test_a_customer_without_a_method_falls_behind_too(members, sdk):
    begun = members.begin()
    [method] = sdk.v1.customers.payment_methods.list(begun.customer).data
    sdk.v1.payment_methods.detach(method.id)
    members.advance(until_next_renewal=True)
    invoice = members.invoices(begun)[0]
    assert (members.again(begun).status, invoice.attempt_count) == ("past_due", 1)
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        sdk.v1.invoices.pay(invoice.id)
