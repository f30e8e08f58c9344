from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.kernel.money import Money
from donations.ledger.chart import AGAINST, ASSETS, Account, Kind
from donations.ledger.drafts import About, Draft, Line, Shares, Unbalanced

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def movement(kind=Kind.GIFT, amount=5000, fee=175, **more):
    return Draft.of_movement(
        kind,
        source="txn_1",
        amount=amount,
        fee=fee,
        currency="usd",
        charged=Money(amount, "usd"),
        occurred_at=NOW,
        **more,
    )


def lines(draft):
    return {line.account.value: line.amount_minor for line in draft.lines}


def test_the_tax_of_a_fee_stands_beside_the_fee():
    assert lines(movement(fee_tax=25)) == {
        "stripe_balance": 4825,
        "fees": 150,
        "fee_tax": 25,
        "income": -5000,
    }


def test_what_came_of_the_rate_and_what_is_owed_are_not_income():
    assert lines(movement(shares=Shares(exchange=-30, deferred=1200))) == {
        "stripe_balance": 4825,
        "fees": 175,
        "exchange": 30,
        "deferred": -1200,
        "income": -3830,
    }


def test_where_money_stands_has_no_fund():
    draft = movement(about=About(fund="courts"))
    assert all((line.fund == "") is (line.account in ASSETS) for line in draft.lines)


def test_a_fee_of_the_account_itself_is_no_payment_fee():
    assert lines(movement(Kind.STRIPE_FEE, -230, 0)) == {
        "stripe_balance": -230,
        "service_fees": 230,
    }


def test_a_payout_goes_on_its_way_to_the_bank():
    assert lines(movement(Kind.PAYOUT, -9000, 25)) == {
        "stripe_balance": -9025,
        "service_fees": 25,
        "in_transit": 9000,
    }


def test_a_movement_of_nothing_stands_as_a_pair_that_cancels():
    draft = movement(amount=0, fee=0)
    assert [(line.account, line.amount_minor) for line in draft.lines] == [
        (Account.STRIPE_BALANCE, 1),
        (Account.STRIPE_BALANCE, -1),
    ]


@given(
    kind=st.sampled_from(list(AGAINST)),
    amount=st.integers(-(10**12), 10**12),
    fee=st.integers(-(10**6), 10**6),
    tax=st.integers(-(10**5), 10**5),
    exchange=st.integers(-(10**6), 10**6),
    deferred=st.integers(-(10**6), 10**6),
)
def test_any_movement_balances_and_leaves_its_net_at_stripe(
    kind, amount, fee, tax, exchange, deferred
):
    draft = movement(kind, amount, fee, fee_tax=tax, shares=Shares(exchange, deferred))
    assert sum(line.amount_minor for line in draft.lines) == 0
    assert all(line.amount_minor for line in draft.lines)
    at_stripe = [line for line in draft.lines if line.account is Account.STRIPE_BALANCE]
    assert sum(line.amount_minor for line in at_stripe) == amount - fee


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        (Line(Account.BANK, "usd", 5),),
        (Line(Account.BANK, "usd", 5), Line(Account.INCOME, "eur", -5)),
    ],
)
def test_what_does_not_balance_in_every_currency_cannot_be_drafted(wrong):
    with pytest.raises(Unbalanced):
        Draft("x", Kind.GIFT, Money(1, "usd"), NOW, wrong)
