from __future__ import annotations

import pytest
import stripe

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def halfway(members):
    members.go_to("2031-01-01T12:00:00")
    begun = members.begin(3100)
    members.go_to("2031-01-11T12:00:00")
    return begun


def preview(sdk, subscription, **details):
    given = {"subscription_details": details} if details else {}
    return sdk.v1.invoices.create_preview({"subscription": subscription.id, **given})


def test_a_preview_is_the_next_renewal_and_changes_nothing(shop, members, sdk, halfway):
    before = len(shop.happened())
    shown = preview(sdk, halfway)
    assert shown.id.startswith("upcoming_in_")
    assert (shown.total, shown.status, shown.billing_reason) == (3100, "draft", "upcoming")
    end = halfway["items"].data[0].current_period_end
    assert (shown.lines.data[0].period.start, shown.next_payment_attempt) == (end, end)
    assert shop.happened(since=before) == []
    assert len(members.invoices(halfway)) == 1


def test_a_preview_shows_a_change_of_amount_with_and_without_proration(members, sdk, halfway):
    [item] = halfway["items"].data
    changed = [{"id": item.id, "price_data": members.price(6200)}]
    plain = preview(sdk, halfway, items=changed, proration_behavior="none")
    assert [line.amount for line in plain.lines.data] == [6200]
    prorated = preview(sdk, halfway, items=changed)
    assert [line.amount for line in prorated.lines.data] == [-2100, 4200, 6200]
    now = preview(sdk, halfway, items=changed, proration_behavior="always_invoice")
    assert now.total == 2100
    members.repriced(halfway, 6200, proration_behavior="always_invoice")
    assert members.invoices(halfway)[0].amount_paid == now.total


def test_a_preview_of_another_interval_is_what_it_will_bill_at_once(members, sdk, halfway):
    [item] = halfway["items"].data
    yearly = members.price(30_000, interval="year")
    shown = preview(sdk, halfway, items=[{"id": item.id, "price_data": yearly}])
    members.repriced(halfway, price=yearly)
    assert members.invoices(halfway)[0].total == shown.total == 27_900


def test_what_will_end_has_no_next_invoice(members, sdk, halfway):
    sdk.v1.subscriptions.update(halfway.id, {"cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        preview(sdk, halfway)
    assert refusal.value.code == "invoice_upcoming_none"
    assert preview(sdk, halfway, cancel_at_period_end=False).total == 3100
    sdk.v1.subscriptions.cancel(halfway.id)
    with pytest.raises(stripe.InvalidRequestError, match="canceled"):
        preview(sdk, halfway)


def test_a_customers_preview_is_of_their_subscription_or_of_what_is_pending(members, sdk, halfway):
    assert sdk.v1.invoices.create_preview({"customer": halfway.customer}).total == 3100
    other = members.customer()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.invoices.create_preview({"customer": other.id})
    assert refusal.value.code == "invoice_upcoming_none"
    sdk.v1.invoice_items.create({"customer": other.id, "amount": 400, "currency": "usd"})
    assert sdk.v1.invoices.create_preview({"customer": other.id}).total == 400


def test_a_preview_of_what_the_sandbox_does_not_compute_is_refused(sdk, halfway):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        preview(sdk, halfway, cancel_now=True)
    assert refusal.value.param == "subscription_details[cancel_now]"
