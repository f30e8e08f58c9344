from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("clean")


def test_credit_pays_the_next_invoice_as_far_as_it_goes(members, sdk):
    owner = members.customer()
    assert sdk.v1.customers.update(owner.id, {"balance": -1000}).balance == -1000
    begun = members.begin(customer=owner)
    [invoice] = members.invoices(begun)
    assert (invoice.total, invoice.amount_due, invoice.amount_paid) == (1500, 500, 500)
    assert (invoice.starting_balance, invoice.ending_balance) == (-1000, 0)
    moves = sdk.v1.customers.balance_transactions.list(owner.id).data
    assert [(each.amount, each.type) for each in moves] == [
        (1000, "applied_to_invoice"),
        (-1000, "adjustment"),
    ]


def test_credit_for_the_whole_invoice_charges_nothing(members, sdk):
    owner = members.customer(balance=-5000)
    begun = members.begin(customer=owner)
    assert begun.status == "active"
    [invoice] = members.invoices(begun)
    assert (invoice.status, invoice.amount_due, invoice.ending_balance) == ("paid", 0, -3500)
    assert sdk.v1.charges.list().data == []


def test_a_debt_is_collected_with_the_next_invoice(members):
    owner = members.customer(balance=700)
    [invoice] = members.invoices(members.begin(customer=owner))
    assert (invoice.total, invoice.amount_paid) == (1500, 2200)
