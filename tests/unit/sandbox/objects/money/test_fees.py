from __future__ import annotations

import pytest

from donations.sandbox.refusals import Refusal


def fee(shop, sdk, **gift):
    shop.give(**gift)
    line = sdk.v1.balance_transactions.list().data[0]
    assert sum(each.amount for each in line.fee_details) == line.fee
    return line.fee


@pytest.mark.parametrize(
    ("currency", "wanted"), [("usd", 320), ("eur", 175), ("gbp", 170), ("jpy", 360)]
)
def test_stripe_keeps_a_part_and_a_fixed_sum(shop, sdk, currency, wanted):
    assert fee(shop, sdk, amount=10_000, currency=currency) == wanted


def test_another_fee_can_be_ordered(shop, sdk, sandbox):
    sandbox.control("faults", {"fee": {"percent": "1.4", "fixed": 25}})
    assert fee(shop, sdk, amount=10_000) == 165


def test_cards_from_elsewhere_and_conversion_cost_more_if_that_is_ordered(shop, sdk, sandbox):
    sandbox.control("faults", {"fee": {"international": "1.5", "conversion": "1"}})
    assert fee(shop, sdk, amount=10_000) == 320
    assert fee(shop, sdk, amount=10_000, card="4000002760000016") == 470
    sandbox.control("faults", {"settlement": {"eur": ["usd", "1.1"]}})
    assert fee(shop, sdk, amount=10_000, currency="eur") == 11_000 * 39 // 1000 + 30


def test_a_tax_on_the_fee_is_told_apart(shop, sdk, sandbox):
    sandbox.control("faults", {"fee": {"tax": "20"}})
    shop.give(amount=10_000)
    line = sdk.v1.balance_transactions.list().data[0]
    assert [(each.type, each.amount) for each in line.fee_details] == [
        ("stripe_fee", 320),
        ("tax", 64),
    ]
    assert (line.fee, line.net) == (384, 9616)


def test_a_fee_that_nobody_knows_is_refused(sandbox):
    with pytest.raises(Refusal, match="fee does not know"):
        sandbox.control("faults", {"fee": {"bribe": "1"}})
