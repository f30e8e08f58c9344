from __future__ import annotations

import pytest
import stripe


@pytest.mark.parametrize(
    ("currency", "amount", "fee"),
    [("usd", 1500, 74), ("eur", 1000, 40), ("jpy", 1000, 36), ("usd", 50, 31)],
)
def test_fees_are_whole_minor_units_also_where_there_are_no_decimals(
    checkout, currency, amount, fee
):
    line = checkout.charge(checkout.paid(amount=amount, currency=currency)).balance_transaction
    assert (line.amount, line.fee, line.net, line.currency) == (amount, fee, amount - fee, currency)


def test_funds_are_pending_first_and_available_after_two_days(sandbox, sdk, checkout):
    checkout.paid()
    balance = sdk.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (0, 1426)
    sandbox.control("advance", {"days": 2})
    balance = sdk.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (1426, 0)


def test_another_settlement_currency_is_converted_at_the_ordered_rate(sandbox, checkout):
    sandbox.control("faults", {"settlement": {"jpy": ["usd", "0.0065"]}})
    charge = checkout.charge(checkout.paid(amount=10_000, currency="jpy"))
    line = charge.balance_transaction
    assert (charge.amount, charge.currency) == (10_000, "jpy")
    assert (line.amount, line.currency, line.exchange_rate) == (6500, "usd", 0.0065)


def test_a_late_line_arrives_with_charge_updated(sandbox, sdk, checkout):
    sandbox.control("faults", {"late_balance_transaction": True})
    session = checkout.paid()
    assert checkout.charge(session).balance_transaction is None
    assert not sdk.v1.events.list({"type": "charge.updated"}).data
    sandbox.control("advance", {"seconds": 10})
    assert checkout.charge(session).balance_transaction.net == 1426
    assert len(sdk.v1.events.list({"type": "charge.updated"}).data) == 1


def test_a_line_can_be_found_by_what_it_is_for(sdk, checkout):
    charge = checkout.charge(checkout.paid())
    checkout.paid()
    [line] = sdk.v1.balance_transactions.list({"source": charge.id}).data
    assert line.id == charge.balance_transaction.id
    assert len(sdk.v1.balance_transactions.list({"type": "charge"}).data) == 2


def test_lists_page_through_everything_once(sdk, checkout):
    for _ in range(5):
        checkout.paid()
    pages = sdk.v1.balance_transactions.list({"limit": 2}).auto_paging_iter()
    assert len({line.id for line in pages}) == 5


def test_a_cursor_that_is_not_there_is_refused(sdk):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.charges.list({"starting_after": "ch_nobody"})
    assert refusal.value.code == "resource_missing"
