from __future__ import annotations

from datetime import UTC, datetime

DAY = 86_400


def day(moment):
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def go_to(shop, date):
    """Move the sandbox to a morning yet to come."""
    moment = int(datetime.fromisoformat(f"{date}T09:00+00:00").timestamp())
    shop.advance(to=moment)


def next_january():
    return datetime.now(UTC).year + 1


def test_a_subscription_of_the_31st_renews_at_true_month_ends(shop, sdk):
    year = next_january()
    go_to(shop, f"{year}-01-31")
    joined = shop.join()
    ends = []
    for _ in range(4):
        subscription = sdk.v1.subscriptions.retrieve(joined.id)
        ends.append(day(subscription["items"].data[0].current_period_end)[5:])
        shop.advance(until_next_renewal=True)
    february = "02-29" if year % 4 == 0 else "02-28"
    assert ends == [february, "03-31", "04-30", "05-31"]


def test_a_renewal_is_an_invoice_a_payment_and_a_line_in_the_books(shop, sdk):
    joined = shop.join(subscription_data={"metadata": {"donation": "d1"}})
    before = len(shop.happened())
    shop.advance(until_next_renewal=True)
    renewal, first = shop.invoices(joined)
    assert (first.billing_reason, renewal.billing_reason) == (
        "subscription_create",
        "subscription_cycle",
    )
    assert renewal.status == "paid"
    assert renewal.parent.subscription_details.metadata.donation == "d1"
    assert shop.happened(since=before)[-1] == "charge.updated"
    assert "invoice.paid" in shop.happened(since=before)
    assert len(sdk.v1.balance_transactions.list({"type": "charge"}).data) == 2


def test_many_months_pass_in_one_step(shop):
    joined = shop.join()
    shop.advance(months=7)
    assert len(shop.invoices(joined)) == 8


def test_a_yearly_subscription_renews_once_a_year(shop):
    joined = shop.join(interval="year", amount=10_000)
    shop.advance(months=11)
    assert len(shop.invoices(joined)) == 1
    shop.advance(months=1)
    assert len(shop.invoices(joined)) == 2


def test_a_card_that_fails_is_tried_three_times_more_and_then_the_subscription_ends(shop, sdk):
    joined = shop.join(card="4000000000000341")
    shop.advance(until_next_renewal=True)
    now = shop.sandbox.world.clock.now()
    invoice = shop.invoices(joined)[0]
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert abs(invoice.next_payment_attempt - now - 3 * DAY) <= 2
    assert sdk.v1.subscriptions.retrieve(joined.id).status == "past_due"
    shop.advance(days=16)
    invoice = shop.invoices(joined)[0]
    assert (invoice.attempt_count, invoice.next_payment_attempt) == (4, None)
    ended = sdk.v1.subscriptions.retrieve(joined.id)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    assert shop.happened().count("invoice.payment_failed") == 4
    assert shop.happened()[-1] == "customer.subscription.deleted"


def test_a_new_card_saves_a_subscription_at_the_next_try(shop, sdk):
    joined = shop.join(card="4000000000000341")
    shop.advance(until_next_renewal=True)
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": joined.customer})
    sdk.v1.subscriptions.update(joined.id, {"default_payment_method": method.id})
    shop.advance(days=3)
    assert shop.invoices(joined)[0].status == "paid"
    assert sdk.v1.subscriptions.retrieve(joined.id).status == "active"


def test_a_card_that_must_be_confirmed_each_time_asks_for_action_at_renewal(shop):
    shop.join(card="4000002760003184")
    before = len(shop.happened())
    shop.advance(until_next_renewal=True)
    assert "invoice.payment_action_required" in shop.happened(since=before)
    assert "invoice.payment_failed" in shop.happened(since=before)


def test_a_card_confirmed_once_renews_quietly(shop):
    joined = shop.join(card="4000002500003155")
    shop.advance(until_next_renewal=True)
    assert shop.invoices(joined)[0].status == "paid"


def test_a_renewal_by_bank_debit_is_decided_five_days_later(shop):
    session = shop.give(mode="subscription", method="sepa_debit")
    shop.sandbox.control("async_payment", {"session": session.id})
    joined = shop.sdk.v1.subscriptions.retrieve(session.subscription)
    shop.advance(until_next_renewal=True)
    assert shop.invoices(joined)[0].status == "open"
    shop.advance(days=5)
    assert shop.invoices(joined)[0].status == "paid"


def test_a_month_later_a_failed_member_owes_no_second_invoice(shop):
    joined = shop.join(card="4000000000000341")
    shop.advance(months=3)
    assert len(shop.invoices(joined)) == 2
