from __future__ import annotations

import pytest
import stripe

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def owner(members):
    return members.customer()


def test_an_item_waits_for_the_next_renewal_of_its_subscription(members, sdk, owner):
    begun = members.begin(customer=owner)
    sdk.v1.invoice_items.create(
        {"customer": owner.id, "subscription": begun.id, "amount": 500, "currency": "usd"}
    )
    members.advance(until_next_renewal=True)
    assert [each.amount_paid for each in members.invoices(begun)] == [2000, 1500]


def test_an_item_comes_of_a_one_time_price_and_a_quantity(sdk, owner):
    price = {"currency": "usd", "unit_amount": 700, "product": "membership"}
    once = sdk.v1.prices.create(price)
    item = sdk.v1.invoice_items.create(
        {"customer": owner.id, "pricing": {"price": once.id}, "quantity": 3}
    )
    assert (item.amount, item.quantity, item.pricing.price_details.price) == (2100, 3, once.id)
    inline = sdk.v1.invoice_items.create({"customer": owner.id, "price_data": price})
    assert inline.amount == 700
    monthly = sdk.v1.prices.create(price | {"recurring": {"interval": "month"}})
    with pytest.raises(stripe.InvalidRequestError, match="type=recurring"):
        sdk.v1.invoice_items.create({"customer": owner.id, "pricing": {"price": monthly.id}})


def test_an_item_is_changed_listed_and_taken_back(shop, sdk, owner):
    item = sdk.v1.invoice_items.create({"customer": owner.id, "amount": 500, "currency": "usd"})
    changed = sdk.v1.invoice_items.update(item.id, {"amount": 600, "description": "Mug"})
    assert (changed.amount, changed.description) == (600, "Mug")
    assert [each.id for each in sdk.v1.invoice_items.list({"pending": True}).data] == [item.id]
    assert sdk.v1.invoice_items.delete(item.id).deleted is True
    assert sdk.v1.invoice_items.list().data == []
    told = [name for name in shop.happened() if name.startswith("invoiceitem.")]
    assert told == ["invoiceitem.created", "invoiceitem.deleted"]


def test_an_item_can_be_put_straight_onto_a_draft_and_off_it(sdk, owner):
    draft = sdk.v1.invoices.create({"customer": owner.id})
    item = sdk.v1.invoice_items.create({"invoice": draft.id, "amount": 500, "currency": "usd"})
    assert item.customer == owner.id
    assert sdk.v1.invoices.retrieve(draft.id).total == 500
    sdk.v1.invoice_items.update(item.id, {"amount": 900})
    assert sdk.v1.invoices.retrieve(draft.id).total == 900
    sdk.v1.invoice_items.delete(item.id)
    assert sdk.v1.invoices.retrieve(draft.id).total == 0


def test_an_item_of_a_finalised_invoice_stays_as_it_is(sdk, owner):
    item = sdk.v1.invoice_items.create({"customer": owner.id, "amount": 500, "currency": "usd"})
    draft = sdk.v1.invoices.create(
        {"customer": owner.id, "pending_invoice_items_behavior": "include"}
    )
    sdk.v1.invoices.finalize_invoice(draft.id)
    for forbidden in (
        lambda: sdk.v1.invoice_items.update(item.id, {"amount": 1}),
        lambda: sdk.v1.invoice_items.delete(item.id),
        lambda: sdk.v1.invoice_items.create({"invoice": draft.id, "amount": 1, "currency": "usd"}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="no longer editable"):
            forbidden()


@pytest.mark.parametrize(
    ("given", "param"),
    [({"amount": 5}, "currency"), ({"currency": "usd"}, "amount"), ({}, "amount")],
)
def test_an_item_needs_an_amount_and_a_currency(sdk, owner, given, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.invoice_items.create({"customer": owner.id, **given})
    assert refusal.value.param == param
