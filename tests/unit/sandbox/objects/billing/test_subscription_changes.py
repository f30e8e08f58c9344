from __future__ import annotations

import pytest
import stripe


def test_cancelling_at_the_periods_end_ends_it_there_without_another_invoice(shop, sdk):
    joined = shop.join()
    told = sdk.v1.subscriptions.update(joined.id, {"cancel_at_period_end": True})
    assert told.cancel_at == joined["items"].data[0].current_period_end
    shop.advance(until_next_renewal=True)
    ended = sdk.v1.subscriptions.retrieve(joined.id)
    assert (ended.status, ended.cancellation_details.reason) == (
        "canceled",
        "cancellation_requested",
    )
    assert len(shop.invoices(joined)) == 1


def test_a_planned_end_can_be_taken_back(shop, sdk):
    joined = shop.join()
    sdk.v1.subscriptions.update(joined.id, {"cancel_at_period_end": True})
    back = sdk.v1.subscriptions.update(joined.id, {"cancel_at_period_end": False})
    assert (back.cancel_at, back.canceled_at) == (None, None)
    shop.advance(until_next_renewal=True)
    assert len(shop.invoices(joined)) == 2


def test_cancelling_now_ends_it_now_and_only_once(shop, sdk):
    joined = shop.join()
    ended = sdk.v1.subscriptions.cancel(
        joined.id, {"cancellation_details": {"comment": "Moving away", "feedback": "other"}}
    )
    assert ended.status == "canceled"
    assert ended.cancellation_details.comment == "Moving away"
    assert shop.happened()[-1] == "customer.subscription.deleted"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.subscriptions.cancel(joined.id)
    assert refusal.value.http_status == 404


def test_after_the_end_only_notes_may_change(shop, sdk):
    joined = shop.join()
    sdk.v1.subscriptions.cancel(joined.id)
    noted = sdk.v1.subscriptions.update(joined.id, {"metadata": {"why": "moved"}})
    assert noted.metadata.why == "moved"
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.subscriptions.update(joined.id, {"cancel_at_period_end": True})


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [("void", "void"), ("keep_as_draft", "draft"), ("mark_uncollectible", "uncollectible")],
)
def test_a_pause_draws_invoices_that_nobody_collects(shop, sdk, behaviour, status):
    joined = shop.join()
    paused = sdk.v1.subscriptions.update(joined.id, {"pause_collection": {"behavior": behaviour}})
    assert paused.status == "active"
    shop.advance(until_next_renewal=True)
    assert shop.invoices(joined)[0].status == status
    sdk.v1.subscriptions.update(joined.id, {"pause_collection": ""})
    shop.advance(until_next_renewal=True)
    assert shop.invoices(joined)[0].status == "paid"


def test_a_pause_with_an_end_ends_by_itself(shop, sdk, sandbox):
    joined = shop.join()
    resumes = sandbox.world.clock.now() + 40 * 86_400
    sdk.v1.subscriptions.update(
        joined.id, {"pause_collection": {"behavior": "void", "resumes_at": resumes}}
    )
    shop.advance(days=70)
    assert [each.status for each in shop.invoices(joined)] == ["paid", "void", "paid"]
    assert sdk.v1.subscriptions.retrieve(joined.id).pause_collection is None


def repriced(joined, amount, interval="month", **more):
    item = joined["items"].data[0]
    price = {"currency": "usd", "product": "support", "unit_amount": amount}
    data = {**price, "recurring": {"interval": interval}, **more}
    return {"items": [{"id": item.id, "price_data": data}], "proration_behavior": "none"}


def test_a_new_amount_counts_from_the_next_renewal(shop, sdk):
    joined = shop.join()
    sdk.v1.subscriptions.update(joined.id, repriced(joined, 2500))
    assert len(shop.invoices(joined)) == 1
    shop.advance(until_next_renewal=True)
    assert [each.amount_paid for each in shop.invoices(joined)] == [2500, 1500]


def test_another_interval_is_billed_at_once_from_a_new_anchor(shop, sdk):
    joined = shop.join()
    shop.advance(days=10)
    changed = sdk.v1.subscriptions.update(joined.id, repriced(joined, 10_000, "year"))
    invoice = shop.invoices(joined)[0]
    assert (invoice.billing_reason, invoice.amount_paid) == ("subscription_update", 10_000)
    assert changed.billing_cycle_anchor > joined.billing_cycle_anchor
    shop.advance(months=2)
    assert len(shop.invoices(joined)) == 2


@pytest.mark.parametrize(("amount", "more"), [(100_000_000, {}), (1500, {"currency": "eur"})])
def test_a_price_that_does_not_suit_is_refused(shop, sdk, amount, more):
    joined = shop.join()
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.subscriptions.update(joined.id, repriced(joined, amount, **more))


def test_a_card_of_somebody_else_cannot_pay(shop, sdk):
    joined, other = shop.join(), shop.join()
    with pytest.raises(stripe.InvalidRequestError, match="attached to the customer"):
        sdk.v1.subscriptions.update(
            joined.id, {"default_payment_method": other.default_payment_method}
        )


def test_an_update_tells_what_was_before(shop, sdk, sandbox):
    joined = shop.join()
    sdk.v1.subscriptions.update(joined.id, {"metadata": {"a": "1"}})
    event = sdk.v1.events.list({"type": "customer.subscription.updated"}).data[0]
    assert event.data.previous_attributes.to_dict() == {"metadata": {}}


def test_a_pause_cannot_end_in_the_past(shop, sdk, sandbox):
    joined = shop.join()
    given = {"behavior": "void", "resumes_at": sandbox.world.clock.now() - 5}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.subscriptions.update(joined.id, {"pause_collection": given})
    assert refusal.value.param == "pause_collection[resumes_at]"


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"payment_behavior": "pending_if_incomplete"}, "payment_behavior"),
        ({"payment_behavior": "error_if_incomplete"}, "payment_behavior"),
        ({"discounts": [{"coupon": "x"}]}, "discounts"),
        ({"collection_method": "send_invoice"}, "collection_method"),
        ({"automatic_tax": {"enabled": True}}, "automatic_tax"),
    ],
)
def test_what_would_have_no_effect_is_refused(shop, sdk, wrong, param):
    joined = shop.join()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.subscriptions.update(joined.id, wrong)
    assert refusal.value.param == param


def test_a_refused_update_changes_nothing(shop, sdk):
    joined = shop.join()
    before = len(shop.happened())
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.subscriptions.update(
            joined.id,
            {"description": "New", "cancel_at_period_end": True, "items": [{"id": "si_none"}]},
        )
    after = sdk.v1.subscriptions.retrieve(joined.id)
    assert (after.description, after.cancel_at_period_end) == (None, False)
    assert shop.happened(since=before) == []


def test_a_description_and_a_method_are_changed_and_unset(shop, sdk):
    joined = shop.join()
    changed = sdk.v1.subscriptions.update(joined.id, {"description": "Monthly gift"})
    assert changed.description == "Monthly gift"
    assert sdk.v1.subscriptions.update(joined.id, {"description": ""}).description is None


def test_subscriptions_are_found_by_status_customer_and_period(shop, sdk):
    joined, other = shop.join(), shop.join()
    sdk.v1.subscriptions.cancel(other.id)

    def found(**given):
        return [each.id for each in sdk.v1.subscriptions.list(given).data]

    assert found() == [joined.id]
    assert found(status="all") == [other.id, joined.id]
    assert found(status="ended") == [other.id]
    assert found(customer=other.customer) == []
    end = joined["items"].data[0].current_period_end
    assert found(current_period_end={"lte": end}) == [joined.id]
    assert found(current_period_end={"lt": end}) == []
