from __future__ import annotations

import pytest
import stripe

DAY = 86_400

pytestmark = pytest.mark.usefixtures("clean")
KEPT = {"bill_for": {"unused_time_from": {"type": "none"}}}


@pytest.fixture
def member(members):
    members.go_to("2031-01-01T12:00:00")
    begun = members.begin(3100)
    members.go_to("2031-01-11T12:00:00")
    return begun


def pause(sdk, member, **given):
    return sdk.v1.subscriptions.pause(member.id, given)


def resume(sdk, member, **given):
    return sdk.v1.subscriptions.resume(member.id, given)


def test_a_paused_subscription_is_never_billed(shop, members, sdk, member):
    before = len(shop.happened())
    paused = pause(sdk, member)
    assert paused.status == "paused"
    assert paused.status_details.paused.subscription.type == "pause_requested"
    assert paused.status_details.paused.transitioned_at == members.now()
    assert shop.happened(since=before)[-2:] == [
        "customer.subscription.updated",
        "customer.subscription.paused",
    ]
    members.advance(months=6)
    assert len(members.invoices(member)) == 1
    assert members.again(member).status == "paused"


def test_unused_time_becomes_a_pending_credit(members, sdk, member):
    paused = pause(sdk, member)
    [credit] = sdk.v1.invoice_items.list({"customer": member.customer, "pending": True}).data
    assert credit.amount == -2100
    assert paused["items"].data[0].current_period_end == members.now()


def test_unused_time_may_be_kept_or_credited_on_an_invoice_at_once(members, sdk, member):
    pause(sdk, member, **KEPT)
    assert sdk.v1.invoice_items.list({"customer": member.customer}).data == []
    other = members.begin(3100)
    pause(sdk, other, invoicing_behavior="invoice")
    assert members.invoices(other)[0].total == -3100


def test_resuming_anew_waits_for_its_invoice_to_be_paid(shop, members, sdk, member):
    pause(sdk, member, **KEPT)
    members.go_to("2031-03-05T09:00:00")
    waiting = resume(sdk, member)
    assert waiting.status == "paused"
    invoice = members.invoices(member)[0]
    assert (invoice.status, invoice.attempt_count, invoice.amount_due) == ("open", 0, 3100)
    sdk.v1.invoices.pay(invoice.id)
    resumed = members.again(member)
    assert (resumed.status, resumed.status_details) == ("active", None)
    assert resumed["items"].data[0].current_period_start == members.now()
    assert resumed.billing_cycle_anchor == members.now()
    assert "customer.subscription.resumed" in shop.happened()
    members.go_to("2031-04-05T09:00:01")
    assert members.invoices(member)[0].amount_paid == 3100


def test_resuming_on_payment_success_pays_in_the_same_breath(members, sdk, member):
    pause(sdk, member)
    members.go_to("2031-03-05T09:00:00")
    resumed = resume(sdk, member, payment_behavior="resume_on_payment_success")
    assert resumed.status == "active"
    assert members.invoices(member)[0].amount_paid == 3100 - 2100


def test_resuming_on_success_stays_paused_while_the_card_fails_and_is_tried_again(
    members, sdk, member
):
    pause(sdk, member, **KEPT)
    failing = sdk.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": member.customer}
    )
    sdk.v1.subscriptions.update(member.id, {"default_payment_method": failing.id})
    assert resume(sdk, member, payment_behavior="resume_on_payment_success").status == "paused"
    invoice = members.invoices(member)[0]
    assert invoice.next_payment_attempt == members.now() + DAY
    members.advance(days=15)
    assert sdk.v1.invoices.retrieve(invoice.id).status == "void"
    assert members.again(member).status == "paused"


def test_a_failed_attempt_resumes_a_member_who_is_behind(members, sdk, member):
    pause(sdk, member, **KEPT)
    failing = sdk.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": member.customer}
    )
    sdk.v1.subscriptions.update(member.id, {"default_payment_method": failing.id})
    resume(sdk, member)
    with pytest.raises(stripe.CardError):
        sdk.v1.invoices.pay(members.invoices(member)[0].id)
    assert members.again(member).status == "past_due"
    assert members.invoices(member)[0].next_payment_attempt is None


def test_nobody_paying_for_23_hours_leaves_it_paused(members, sdk, member):
    pause(sdk, member)
    resume(sdk, member)
    with pytest.raises(stripe.InvalidRequestError, match="being resumed"):
        resume(sdk, member)
    members.advance(seconds=23 * 3600 + 1)
    assert members.invoices(member)[0].status == "void"
    assert members.again(member).status == "paused"
    assert resume(sdk, member, payment_behavior="resume_on_payment_success").status == "active"


def test_a_paid_period_goes_on_when_the_anchor_is_unchanged(members, sdk, member):
    pause(sdk, member, **KEPT)
    members.go_to("2031-01-20T12:00:00")
    resumed = resume(sdk, member, billing_cycle_anchor={"type": "unchanged"})
    assert resumed.status == "active"
    assert len(members.invoices(member)) == 1
    members.go_to("2031-02-01T12:00:01")
    assert len(members.invoices(member)) == 2


def test_the_old_anchor_bills_the_rest_of_its_period(members, sdk, member):
    pause(sdk, member, **KEPT)
    members.go_to("2031-03-11T12:00:00")
    unchanged = {"billing_cycle_anchor": {"type": "unchanged"}}
    resumed = resume(
        sdk, member, **unchanged, proration_behavior="always_invoice",
        payment_behavior="resume_on_payment_success",
    )  # fmt: skip
    assert resumed.status == "active"
    assert members.invoices(member)[0].amount_paid == 2100
    assert resumed.billing_cycle_anchor == member.billing_cycle_anchor
    members.go_to("2031-04-01T12:00:01")
    assert members.invoices(member)[0].amount_paid == 3100


@pytest.mark.parametrize(("behavior", "later"), [("create_prorations", 5200), ("none", 3100)])
def test_the_rest_may_be_billed_with_the_next_renewal_or_not_at_all(
    members, sdk, member, behavior, later
):
    pause(sdk, member, **KEPT)
    members.go_to("2031-03-11T12:00:00")
    resumed = resume(
        sdk, member, billing_cycle_anchor={"type": "unchanged"}, proration_behavior=behavior
    )
    assert resumed.status == "active"
    members.go_to("2031-04-01T12:00:01")
    assert members.invoices(member)[0].amount_paid == later


def test_only_what_is_active_can_be_paused_and_only_what_is_paused_resumed(members, sdk, member):
    with pytest.raises(stripe.InvalidRequestError, match="resume"):
        resume(sdk, member)
    pause(sdk, member)
    with pytest.raises(stripe.InvalidRequestError, match="pause"):
        pause(sdk, member)
    trying = members.begin(trial_period_days=10)
    with pytest.raises(stripe.InvalidRequestError, match="trialing"):
        pause(sdk, trying)


def test_a_paused_subscription_can_be_ended(members, sdk, member):
    pause(sdk, member)
    ended = sdk.v1.subscriptions.cancel(member.id)
    assert (ended.status, ended.status_details) == ("canceled", None)
