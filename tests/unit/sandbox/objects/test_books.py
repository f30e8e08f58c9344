from __future__ import annotations


def test_the_balance_is_the_sum_of_its_lines(shop, sdk, sandbox):
    gift = shop.give()
    shop.give(amount=2000, currency="eur")
    shop.give(card="4000000000000259", amount=3000)
    sandbox.control("refund", {"payment_intent": gift.payment_intent, "amount": 400})
    lines = sdk.v1.balance_transactions.list({"limit": 100}).data
    balance = sdk.v1.balance.retrieve()
    for currency in ("usd", "eur"):
        booked = sum(line.net for line in lines if line.currency == currency)
        held = sum(
            entry.amount
            for entry in (*balance.available, *balance.pending)
            if entry.currency == currency
        )
        assert booked == held


def test_lines_are_found_by_type_source_and_currency(shop, sdk):
    gift = shop.give()
    shop.give(amount=2000, currency="eur")
    source = shop.charge(gift).id
    for wanted in ({"source": source}, {"currency": "usd"}):
        assert [line.source for line in sdk.v1.balance_transactions.list(wanted).data] == [source]
    assert len(sdk.v1.balance_transactions.list({"type": "charge"}).data) == 2
    assert sdk.v1.balance_transactions.list({"type": "refund"}).data == []


def test_a_card_that_skips_the_wait_is_available_at_once(shop, sandbox):
    shop.give(card="4000000000000077")
    assert sandbox.control("state")["balance"]["available"] == {"usd": 1426}
