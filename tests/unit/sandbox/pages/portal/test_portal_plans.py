from __future__ import annotations

import pytest
from tests_support.portal import text, updating


@pytest.fixture
def chooser(portal, plans, shop):
    """The portal with monthly, yearly and euro prices to choose from, some days into a period."""
    shop.advance(days=3)
    portal.open(configuration=portal.configure(**updating(plans)))
    return portal


def test_the_catalogues_prices_in_the_subscriptions_currency_are_offered(chooser):
    words = text(chooser.get(f"{chooser.own}/update"))
    assert "$25.00 per month" in words
    assert "$240.00 per year" in words
    assert "€" not in words


def test_another_price_counts_from_the_next_renewal(chooser, plans, shop):
    chosen = chooser.get(f"{chooser.own}/update/confirm?price={plans['month']}")
    assert "The new amount is charged from" in text(chosen)
    home = chooser.done(f"{chooser.own}/update/confirm", price=plans["month"], quantity="1")
    assert "Your subscription has been updated." in text(home)
    assert chooser.refreshed()["items"].data[0].price.id == plans["month"]
    assert "customer.subscription.updated" in shop.happened()
    assert len(shop.invoices(chooser.subscription)) == 1


def test_another_interval_is_billed_at_once(chooser, plans, shop):
    chosen = chooser.get(f"{chooser.own}/update/confirm?price={plans['year']}")
    assert "charged today" in text(chosen)
    chooser.done(f"{chooser.own}/update/confirm", price=plans["year"], quantity="1")
    newest = shop.invoices(chooser.subscription)[0]
    assert (newest.billing_reason, newest.amount_paid) == ("subscription_update", 24_000)


def test_a_moved_anchor_is_billed_at_once_too(portal, plans, shop):
    shop.advance(days=3)
    house = portal.configure(**updating(plans, "month", billing_cycle_anchor="now"))
    portal.open(configuration=house)
    chosen = portal.get(f"{portal.own}/update/confirm?price={plans['month']}")
    assert "charged today" in text(chosen)
    portal.done(f"{portal.own}/update/confirm", price=plans["month"])
    assert shop.invoices(portal.subscription)[0].amount_paid == 2500


def test_what_is_not_offered_cannot_be_chosen(chooser, plans, sdk):
    for price in (plans["euro"], "price_other", ""):
        assert chooser.get(f"{chooser.own}/update/confirm?price={price}").status_code == 404
        assert chooser.post(f"{chooser.own}/update/confirm", price=price).status_code == 404
    sdk.v1.prices.update(plans["month"], {"active": False})
    gone = chooser.get(f"{chooser.own}/update/confirm?price={plans['month']}")
    assert gone.status_code == 404


def test_the_present_plan_needs_no_confirmation(chooser, plans):
    chooser.done(f"{chooser.own}/update/confirm", price=plans["month"])
    same = chooser.get(f"{chooser.own}/update/confirm?price={plans['month']}")
    assert same.headers["Location"].endswith("/update")
    assert "Current" in text(chooser.get(f"{chooser.own}/update"))


def test_a_quantity_is_chosen_within_its_limits(portal, plans):
    product = {
        "product": plans["product"],
        "prices": [plans["month"]],
        "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 3},
    }
    features = updating(
        plans, "month", default_allowed_updates=["price", "quantity"], products=[product]
    )
    portal.open(configuration=portal.configure(**features))
    confirm = f"{portal.own}/update/confirm?price={plans['month']}"
    assert "$75.00 per month" in text(portal.get(f"{confirm}&quantity_{plans['month']}=3"))
    assert portal.get(f"{confirm}&quantity_{plans['month']}=4").status_code == 409
    portal.done(f"{portal.own}/update/confirm", price=plans["month"], quantity="2")
    assert portal.refreshed()["items"].data[0].quantity == 2


def test_where_quantities_are_fixed_a_form_cannot_change_them(chooser, plans):
    chooser.done(f"{chooser.own}/update/confirm", price=plans["month"], quantity="9")
    assert chooser.refreshed()["items"].data[0].quantity == 1


def test_a_flow_confirms_what_the_newsroom_asked_for_and_nothing_else(portal, plans):
    item = portal.subscription["items"].data[0].id
    portal.flow(
        "subscription_update_confirm",
        items=[{"id": item, "price": plans["year"], "quantity": 2}],
        configuration=portal.configure(**updating(plans)),
    )
    page = portal.get(f"{portal.own}/update/confirm?price={plans['month']}")
    assert "$480.00 per year" in text(page)
    portal.done(f"{portal.own}/update/confirm", price=plans["month"], quantity="1")
    kept = portal.refreshed()["items"].data[0]
    assert (kept.price.id, kept.quantity) == (plans["year"], 2)


def test_a_flow_may_let_the_reader_choose(portal, plans):
    portal.flow("subscription_update", configuration=portal.configure(**updating(plans)))
    assert portal.get().headers["Location"].endswith("/update")
    assert portal.get(f"{portal.own}/update/confirm?price={plans['month']}").status_code == 200


def test_without_a_price_to_change_to_there_is_no_button(portal, plans):
    portal.open(configuration=portal.configure(**updating(plans, "euro")))
    assert "Change plan" not in text(portal.get())
    assert "There is no other plan" in text(portal.get(f"{portal.own}/update"))
