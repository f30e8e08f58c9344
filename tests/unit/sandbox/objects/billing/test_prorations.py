from __future__ import annotations

import pytest
import stripe

DAY = 86_400

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def halfway(members):
    """A member since 1 January 2031 at 31.00 a month, on the 11th: 21 of 31 days are left."""
    members.go_to("2031-01-01T12:00:00")
    begun = members.begin(3100)
    members.go_to("2031-01-11T12:00:00")
    return begun


def pending(sdk, subscription):
    found = sdk.v1.invoice_items.list({"customer": subscription.customer, "pending": True}).data
    return [(each.amount, each.description) for each in reversed(found)]


def test_a_change_is_prorated_unless_told_otherwise(members, sdk, halfway):
    members.repriced(halfway, 6200)
    assert pending(sdk, halfway) == [
        (-2100, "Unused time on Membership after 11 Jan 2031"),
        (4200, "Remaining time on Membership after 11 Jan 2031"),
    ]
    assert len(members.invoices(halfway)) == 1
    members.advance(until_next_renewal=True)
    latest = members.invoices(halfway)[0]
    assert latest.amount_paid == 6200 + 4200 - 2100
    assert [line.amount for line in latest.lines.data] == [-2100, 4200, 6200]
    credit = latest.lines.data[0].parent.subscription_item_details
    assert credit.proration is True
    first = members.invoices(halfway)[1]
    credited = credit.proration_details.credited_items
    assert credited.invoice == first.id
    assert pending(sdk, halfway) == []


def test_no_proration_counts_from_the_next_renewal(members, sdk, halfway):
    members.repriced(halfway, 6200, proration_behavior="none")
    assert pending(sdk, halfway) == []
    members.advance(until_next_renewal=True)
    assert [each.amount_paid for each in members.invoices(halfway)] == [6200, 3100]


def test_always_invoice_bills_the_difference_now(members, halfway):
    changed = members.repriced(halfway, 6200, proration_behavior="always_invoice")
    latest = members.invoices(halfway)[0]
    assert (latest.billing_reason, latest.amount_paid) == ("subscription_update", 2100)
    assert changed.latest_invoice == latest.id
    assert changed.billing_cycle_anchor == halfway.billing_cycle_anchor


def test_a_smaller_gift_billed_now_leaves_credit_for_the_next_invoice(members, sdk, halfway):
    members.repriced(halfway, 1000, proration_behavior="always_invoice")
    latest = members.invoices(halfway)[0]
    credit = 2100 - round(1000 * 21 / 31)
    assert (latest.status, latest.total, latest.amount_due) == ("paid", -credit, 0)
    assert sdk.v1.customers.retrieve(halfway.customer).balance == -credit
    [moved] = sdk.v1.customers.balance_transactions.list(halfway.customer).data
    assert (moved.amount, moved.invoice) == (-credit, latest.id)
    members.advance(until_next_renewal=True)
    renewal = members.invoices(halfway)[0]
    assert (renewal.total, renewal.starting_balance) == (1000, -credit)
    assert renewal.ending_balance == min(0, 1000 - credit)


def test_credit_is_of_what_was_paid_not_of_what_the_item_costs_now(members, sdk, halfway):
    members.repriced(halfway, 9300, proration_behavior="none")
    members.repriced(members.again(halfway), 6200)
    assert [amount for amount, _ in pending(sdk, halfway)] == [-2100, 4200]


def test_a_second_change_credits_the_rest_of_the_first(members, sdk, halfway):
    members.repriced(halfway, 6200)
    members.go_to("2031-01-22T12:00:00")
    members.repriced(members.again(halfway), 3100)
    amounts = [amount for amount, _ in pending(sdk, halfway)]
    assert amounts == [-2100, 4200, -2000, 1000]


def test_prorations_are_exact_to_the_second(members, sdk, halfway):
    members.go_to("2031-01-17T00:00:01")
    members.repriced(halfway, 6200)
    left, whole = 31 * DAY - (15 * DAY + 43_201), 31 * DAY
    expected = [-round(3100 * left / whole), round(6200 * left / whole)]
    assert [amount for amount, _ in pending(sdk, halfway)] == expected


def test_a_proration_date_takes_the_place_of_now(members, sdk, halfway):
    start = halfway["items"].data[0].current_period_start
    members.repriced(halfway, 6200, proration_date=start)
    assert [amount for amount, _ in pending(sdk, halfway)] == [-3100, 6200]
    with pytest.raises(stripe.InvalidRequestError, match="current period"):
        members.repriced(members.again(halfway), 3100, proration_date=start - 1)


def test_another_interval_credits_the_old_one_on_the_invoice_of_the_new(members, halfway):
    yearly = members.price(30_000, interval="year")
    changed = members.repriced(halfway, price=yearly)
    latest = members.invoices(halfway)[0]
    assert latest.amount_paid == 30_000 - 2100
    assert changed.billing_cycle_anchor == members.now()
    members.advance(months=11)
    assert len(members.invoices(halfway)) == 2


def test_an_anchor_of_now_bills_a_new_period_and_credits_the_old(members, sdk, halfway):
    sdk.v1.subscriptions.update(halfway.id, {"billing_cycle_anchor": {"type": "now"}})
    assert members.invoices(halfway)[0].amount_paid == 3100 - 2100
    again = members.again(halfway)
    assert again["items"].data[0].current_period_start == members.now()
    sdk.v1.subscriptions.update(
        halfway.id, {"billing_cycle_anchor": {"type": "now"}, "proration_behavior": "none"}
    )
    assert members.invoices(halfway)[0].amount_paid == 3100


def test_an_unchanged_anchor_changes_nothing(members, sdk, halfway):
    sdk.v1.subscriptions.update(halfway.id, {"billing_cycle_anchor": {"type": "unchanged"}})
    assert len(members.invoices(halfway)) == 1


def test_an_end_now_may_give_back_what_is_left_and_make_a_last_invoice(members, sdk, halfway):
    sdk.v1.subscriptions.cancel(halfway.id, {"prorate": True, "invoice_now": True})
    latest = members.invoices(halfway)[0]
    assert latest.total == -2100
    assert sdk.v1.customers.retrieve(halfway.customer).balance == -2100


def test_an_end_now_drops_pending_prorations_unless_they_are_invoiced(members, sdk, halfway):
    members.repriced(halfway, 6200)
    sdk.v1.subscriptions.cancel(halfway.id)
    assert pending(sdk, halfway) == []


def test_a_failed_charge_for_a_change_leaves_the_member_behind(members, sdk, halfway):
    method = sdk.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": halfway.customer}
    )
    sdk.v1.subscriptions.update(halfway.id, {"default_payment_method": method.id})
    changed = members.repriced(halfway, 6200, proration_behavior="always_invoice")
    assert changed.status == "past_due"
    assert members.invoices(halfway)[0].status == "open"
