from __future__ import annotations

from datetime import UTC, datetime

import pytest

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


def test_a_renewal_by_bank_debit_is_decided_within_two_weeks(shop):
    session = shop.give(mode="subscription", method="sepa_debit")
    shop.sandbox.control("async_payment", {"session": session.id})
    joined = shop.sdk.v1.subscriptions.retrieve(session.subscription)
    shop.advance(until_next_renewal=True)
    assert shop.invoices(joined)[0].status == "open"
    shop.advance(days=14)
    assert shop.invoices(joined)[0].status == "paid"


def test_a_month_later_a_failed_member_owes_no_second_invoice(shop):
    joined = shop.join(card="4000000000000341")
    shop.advance(months=3)
    assert len(shop.invoices(joined)) == 2


def test_a_yearly_member_of_the_29th_of_february_renews_on_the_28th_and_comes_back(members, clean):
    members.go_to("2032-02-29T10:00:00")
    begun = members.begin(price=members.price(10_000, interval="year"))
    ends = []
    for _ in range(4):
        ends.append(day(members.again(begun)["items"].data[0].current_period_end))
        members.advance(until_next_renewal=True)
    assert ends == ["2033-02-28", "2034-02-28", "2035-02-28", "2036-02-29"]


@pytest.mark.parametrize(
    ("interval", "count", "ends"),
    [
        ("day", 10, ["2031-03-25", "2031-04-04"]),
        ("week", 2, ["2031-03-29", "2031-04-12"]),
        ("month", 3, ["2031-06-15", "2031-09-15"]),
        ("month", 6, ["2031-09-15", "2032-03-15"]),
    ],
)
def test_every_rhythm_keeps_its_time_of_day_whatever_clocks_do_in_spring(
    members, clean, interval, count, ends
):
    members.go_to("2031-03-15T01:30:00")
    begun = members.begin(price=members.price(interval=interval, count=count))
    seen = []
    for _ in range(2):
        moment = members.again(begun)["items"].data[0].current_period_end
        seen.append(datetime.fromtimestamp(moment, UTC).isoformat())
        members.advance(until_next_renewal=True)
    assert seen == [f"{end}T01:30:00+00:00" for end in ends]


def test_a_renewal_tells_what_the_subscription_was_before(members, sdk, clean):
    begun = members.begin()
    members.advance(until_next_renewal=True)
    event = sdk.v1.events.list({"type": "customer.subscription.updated"}).data[0]
    before = event.data.previous_attributes.to_dict()
    assert set(before) == {"items", "latest_invoice"}
    assert before["latest_invoice"] == begun.latest_invoice
    [item] = before["items"]["data"]
    assert item["current_period_end"] == begun["items"].data[0].current_period_end
    assert event.data.object.latest_invoice == members.invoices(begun)[0].id


def test_the_invoices_own_period_is_the_one_before(members, clean):
    begun = members.begin()
    members.advance(until_next_renewal=True)
    renewal, first = members.invoices(begun)
    [item] = begun["items"].data
    assert (first.period_start, first.period_end) == (begun.start_date, begun.start_date)
    assert (renewal.period_start, renewal.period_end) == (begun.start_date, item.current_period_end)
    assert renewal.lines.data[0].period.start == item.current_period_end


def test_a_renewal_is_announced_a_week_ahead_by_an_invoice_without_id(shop, members, sdk):
    begun = members.begin()
    end = begun["items"].data[0].current_period_end
    members.advance(to=end - 7 * DAY - 1)
    assert "invoice.upcoming" not in shop.happened()
    members.advance(to=end - 7 * DAY)
    [event] = sdk.v1.events.list({"type": "invoice.upcoming"}).data
    shown = event.data.object.to_dict()
    assert "id" not in shown
    assert (shown["amount_due"], shown["next_payment_attempt"]) == (1500, end)


def test_a_renewal_that_will_not_come_is_not_announced(shop, members, sdk, sandbox):
    begun = members.begin()
    sdk.v1.subscriptions.update(begun.id, {"cancel_at_period_end": True})
    sandbox.control("settings", {"upcoming": {"days": 0}})
    members.begin()
    members.advance(days=29)
    assert "invoice.upcoming" not in shop.happened()


def test_a_draft_may_wait_an_hour_before_it_is_collected(members, sdk, sandbox, clean):
    sandbox.world.faults.finalize_after_seconds = 3600
    begun = members.begin()
    members.advance(until_next_renewal=True)
    draft = members.invoices(begun)[0]
    assert draft.status == "draft"
    assert draft.automatically_finalizes_at == members.now() + 3600
    assert members.again(begun).status == "active"
    sdk.v1.invoice_items.create({"invoice": draft.id, "amount": 500, "currency": "usd"})
    members.advance(seconds=3600)
    assert members.invoices(begun)[0].amount_paid == 2000


def test_the_metadata_of_an_invoice_is_a_snapshot(members, sdk, clean):
    begun = members.begin(metadata={"donation": "d1"})
    sdk.v1.subscriptions.update(begun.id, {"metadata": {"donation": "d2"}})
    members.advance(until_next_renewal=True)
    told = [each.parent.subscription_details.metadata.donation for each in members.invoices(begun)]
    assert told == ["d2", "d1"]


def test_a_period_that_was_moved_is_announced_a_week_before_its_new_end(shop, members, sdk):
    begun = members.begin()
    members.advance(days=10)
    sdk.v1.subscriptions.update(begun.id, {"billing_cycle_anchor": {"type": "now"}})
    end = members.again(begun)["items"].data[0].current_period_end
    members.advance(to=end - 7 * DAY - 1)
    assert "invoice.upcoming" not in shop.happened()
    members.advance(to=end - 7 * DAY)
    assert shop.happened().count("invoice.upcoming") == 1
