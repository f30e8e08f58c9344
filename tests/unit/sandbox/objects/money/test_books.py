from __future__ import annotations

import random
from contextlib import suppress

import pytest

from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.refusals import Refusal

DAY = 86_400


def lines(sdk, **wanted):
    return list(sdk.v1.balance_transactions.list({"limit": 100, **wanted}).auto_paging_iter())


def held(sdk, currency):
    balance = sdk.v1.balance.retrieve()
    every = (*balance.available, *balance.pending)
    return sum(entry.amount for entry in every if entry.currency == currency)


def test_the_balance_is_the_sum_of_its_lines(shop, sdk, sandbox):
    gift = shop.give()
    shop.give(amount=2000, currency="eur")
    shop.give(card="4000000000000259", amount=3000)
    sandbox.control("refund", {"payment_intent": gift.payment_intent, "amount": 400})
    for currency in ("usd", "eur"):
        assert sum(line.net for line in lines(sdk, currency=currency)) == held(sdk, currency)


def test_lines_are_found_by_type_source_and_currency(shop, sdk):
    gift = shop.give()
    shop.give(amount=2000, currency="eur")
    source = shop.charge(gift).id
    for wanted in ({"source": source}, {"currency": "usd"}):
        assert [line.source for line in lines(sdk, **wanted)] == [source]
    assert len(lines(sdk, type="charge")) == 2
    assert lines(sdk, type="refund") == []
    assert lines(sdk, type="charge", currency="eur", source=source) == []


def test_lines_are_found_by_when_they_were_made(shop, sdk):
    shop.give()
    shop.advance(seconds=100)
    shop.give()
    later, earlier = lines(sdk)
    assert [each.id for each in lines(sdk, created={"gt": earlier.created})] == [later.id]
    assert [each.id for each in lines(sdk, created=earlier.created)] == [earlier.id]


def test_lines_are_read_page_by_page(shop, sdk):
    for _ in range(5):
        shop.give()
    paged = sdk.v1.balance_transactions.list({"limit": 2, "type": "charge"})
    assert [len(paged.data), paged.has_more] == [2, True]
    assert len({line.id for line in paged.auto_paging_iter()}) == 5


def test_a_card_that_skips_the_wait_is_available_at_once(shop, sandbox):
    shop.give(card="4000000000000077")
    assert sandbox.control("state")["balance"]["available"] == {"usd": 1426}


def test_funds_become_available_at_a_midnight_two_days_on_and_the_balance_says_so(
    shop, sdk, sandbox, http
):
    sandbox.control("settings", {"payouts": {"interval": "manual"}})
    gift = shop.give()
    line = shop.charge(gift).balance_transaction
    assert line.available_on % DAY == 0
    assert line.available_on == line.created - line.created % DAY + 2 * DAY
    shop.advance(to=line.available_on - 1)
    balance = sdk.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (0, 1426)
    assert balance.instant_available[0].amount == 1426
    shop.advance(to=line.available_on)
    balance = sdk.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (1426, 0)
    assert balance.available[0].source_types.card == 1426
    assert sdk.v1.balance_transactions.retrieve(line.id).status == "available"
    assert shop.happened()[-1] == "balance.available"
    assert problems_of(http.get(f"{sandbox.base_url}/v1/balance").json()) == []


def test_the_funds_of_a_day_are_told_of_once(shop, sandbox):
    sandbox.control("settings", {"payouts": {"interval": "manual"}})
    for _ in range(3):
        shop.give()
    shop.advance(days=3)
    assert shop.happened().count("balance.available") == 1


def test_a_payment_by_debit_is_booked_as_a_payment(shop, sdk, sandbox):
    gift = shop.give(method="sepa_debit", currency="eur")
    sandbox.control("async_payment", {"payment_intent": gift.payment_intent})
    [line] = lines(sdk)
    assert (line.type, line.reporting_category, line.amount) == ("payment", "charge", 1500)
    sandbox.control("refund", {"payment_intent": gift.payment_intent})
    refund = lines(sdk)[0]
    assert (refund.type, refund.reporting_category) == ("payment_refund", "refund")
    assert refund.source.startswith("pyr_")


def test_stripe_takes_its_own_fees(shop, sdk, sandbox):
    shop.give()
    sandbox.control("stripe_fee", {"amount": 250, "description": "Radar"})
    fee = lines(sdk)[0]
    assert (fee.type, fee.reporting_category, fee.net) == ("stripe_fee", "fee", -250)
    assert (fee.description, fee.source) == ("Radar", None)


def test_a_foreign_charge_lands_at_the_rate_told(shop, sdk, sandbox):
    sandbox.control("faults", {"settlement": {"eur": ["usd", "1.0834"], "jpy": ["usd", "0.0067"]}})
    shop.give(amount=2000, currency="eur")
    shop.give(amount=1000, currency="jpy")
    yen, euros = lines(sdk)
    assert (euros.amount, euros.currency, euros.exchange_rate) == (2167, "usd", 1.0834)
    assert (yen.amount, yen.currency, yen.exchange_rate) == (670, "usd", 0.0067)
    assert euros.net == euros.amount - euros.fee
    assert euros.fee_details[0].currency == "usd"


def test_what_is_in_the_balance_is_not_converted_when_it_leaves(shop, sdk, sandbox):
    shop.give(amount=2000, currency="eur", card="4000000000000077")
    sandbox.control("faults", {"settlement": {"eur": ["usd", "1.1"]}})
    [made] = sandbox.control("payout")["payouts"]
    line = sdk.v1.balance_transactions.retrieve(made["balance_transaction"])
    assert (line.currency, line.amount, line.exchange_rate) == ("eur", -1945, None)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_every_payout_is_the_sum_of_its_lines(shop, sdk, sandbox, seed):
    """Gifts, refunds, disputes, fees, failing payouts, days: nothing is lost or paid twice."""
    luck = random.Random(seed)
    gifts = []
    for _ in range(14):
        gifts.append(shop.give(amount=luck.randrange(500, 9000), card=luck.choice(CARDS)))
        _mishap(sandbox, luck, luck.choice(gifts))
        shop.advance(seconds=luck.randrange(3 * DAY))
    shop.advance(days=6)
    every, inside = lines(sdk), []
    for payout in sdk.v1.payouts.list({"limit": 100}).data:
        its = lines(sdk, payout=payout.id)
        assert sum(line.net for line in its if line.type != "payout") == payout.amount > 0
        inside += [line.id for line in its]
    assert len(inside) == len(set(inside))
    assert sum(line.net for line in every) == held(sdk, "usd")
    left = [line.net for line in every if line.id not in inside]
    assert sum(left) == held(sdk, "usd")
    out = sandbox.control("state")["paid_out"].get("usd", 0)
    taken_in = sum(line.net for line in every if not line.type.startswith("payout"))
    assert out + held(sdk, "usd") == taken_in


CARDS = ("4242424242424242", "4000000000000077", "4000000000005126", "4000000000000259")


def _mishap(sandbox, luck, gift):
    order, wanted = luck.choice(
        [
            ("refund", {"payment_intent": gift.payment_intent, "half": True}),
            ("dispute", {"payment_intent": gift.payment_intent}),
            ("stripe_fee", {"amount": 31}),
            ("payout_fail", {"code": "declined"}),
            ("payout", {}),
            ("state", {}),
        ]
    )
    with suppress(Refusal):  # a charge already refunded, nothing to pay out
        sandbox.control(order, wanted)
