import pytest

from donations.kernel.errors import MisconfiguredError
from donations.ledger.chart import Account
from donations.ledger.codes import Codes, income_kind

OWN = Codes.build(
    {
        "income": "400",
        "income.usd": "401",
        "income.gift": "402",
        "income.courts": "403",
        "income.gift.courts": "404",
        "fees": "610-A",
    }
)


@pytest.mark.parametrize("account", list(Account))
def test_every_account_has_a_code_of_its_own_to_begin_with(account):
    codes = Codes.build({})
    assert codes.of(account, "usd").code.isdigit()
    others = {codes.of(other, "usd").code for other in Account if other is not account}
    assert codes.of(account, "usd").code not in others


@pytest.mark.parametrize(
    ("kind", "fund", "currency", "code"),
    [
        ("gift", "courts", "usd", "404"),
        ("membership", "courts", "usd", "403"),
        ("gift", "", "usd", "402"),
        ("gift", "elections", "usd", "402"),
        ("membership", "", "usd", "401"),
        (None, "", "usd", "401"),
        ("membership", "", "eur", "400"),
    ],
)
def test_the_finest_name_that_is_given_wins(kind, fund, currency, code):
    assert OWN.of("income", currency, kind, fund).code == code


def test_memberships_have_a_code_of_their_own_unless_the_newsroom_says_otherwise():
    assert Codes.build({}).of("income", "usd", "membership").code == "4010"
    assert Codes.build({}).of("income", "usd", "gift").code == "4000"


def test_a_name_tells_fund_and_where_money_stands_its_currency():
    assert OWN.of("income", "usd", "gift", "courts").name == "Gifts, courts"
    assert OWN.of("stripe_balance", "usd").name == "Stripe balance USD"


@pytest.mark.parametrize(
    "own",
    [{"takings": "4000"}, {"income": ""}, {"income": "4" * 31}, {"income": 4000}, {"fees": "=1+1"}],
    ids=str,
)
def test_a_code_that_cannot_be_is_refused_at_the_start(own):
    with pytest.raises(MisconfiguredError, match="NEWSROOM_ACCOUNT_CODES"):
        Codes.build(own)


@pytest.mark.parametrize(
    ("frequency", "kind"),
    [("once", "gift"), ("monthly", "membership"), ("annual", "membership"), (None, None)],
)
def test_what_is_given_once_is_a_gift_and_a_promise_kept_a_membership(frequency, kind):
    assert income_kind(frequency) == kind
