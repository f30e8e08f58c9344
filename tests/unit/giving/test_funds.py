from datetime import date

import pytest
from sqlalchemy import select

from donations.giving.fund_models import Fund
from donations.giving.funds import (
    add_fund,
    close_fund,
    every_fund,
    fund_name,
    fund_named,
    memberships_giving_to,
    open_fund,
    open_funds,
    rename_fund,
)
from donations.giving.models import Checkout, Membership
from donations.kernel.errors import FieldRefused, NotFound

DAY = date(2026, 11, 24)


@pytest.fixture
def fund(session):
    return add_fund(session, "investigations", "Investigations", restricted=True, on=DAY)


def test_a_fund_is_opened_renamed_and_closed_once(session, fund):
    rename_fund(session, "investigations", "  Long   investigations ")
    assert fund_name(session, "investigations") == "Long investigations"
    assert [one.code for one in open_funds(session)] == ["investigations"]
    close_fund(session, "investigations", on=DAY)
    close_fund(session, "investigations", on=date(2027, 1, 1))
    assert fund_named(session, "investigations").closed_on == DAY
    assert open_fund(session, "investigations") is None
    assert open_funds(session) == []
    assert [one.code for one in every_fund(session)] == ["investigations"]


@pytest.mark.parametrize("code", ["", "a", "A-B", "a b", "фонд", "x" * 31, "a_b", "a/b", "a\n"])
def test_a_code_is_small_letters_digits_and_hyphens(session, code):
    if code == "a\n":
        code = "a\nb"
    with pytest.raises(FieldRefused) as refused:
        add_fund(session, code, "A fund", restricted=False, on=DAY)
    assert (refused.value.field, refused.value.reason) == ("code", "not_a_code")
    assert session.scalars(select(Fund)).all() == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\x00b"])
def test_a_name_is_one_printable_line(session, name):
    with pytest.raises(FieldRefused) as refused:
        add_fund(session, "ok", name, restricted=False, on=DAY)
    assert refused.value.field == "name"


def test_a_code_is_taken_once(session, fund):
    with pytest.raises(FieldRefused) as refused:
        add_fund(session, "investigations", "Others", restricted=False, on=DAY)
    assert refused.value.reason == "code_taken"
    assert fund_name(session, "investigations") == "Investigations"


@pytest.mark.parametrize("code", ["", "nobody", "' OR 1=1 --", "\x00", "x" * 5000])
def test_a_word_that_is_no_fund_is_no_fund(session, fund, code):
    assert open_fund(session, code) is None
    with pytest.raises(NotFound):
        fund_named(session, code)


def test_what_is_general_has_no_name(session, fund):
    assert fund_name(session, "") is None


def test_memberships_that_go_on_giving_are_counted(session, fund, clock):
    checkout = Checkout(
        public_id="abcdefghjkmn",
        attempt_key=b"k" * 32,
        frequency="monthly",
        amount_minor=500,
        currency="usd",
        language="en",
        placement="support",
        fund="investigations",
        created_at=clock.now(),
    )
    session.add(checkout)
    session.flush()
    for number, state in enumerate(("active", "past_due", "ended")):
        session.add(
            Membership(
                public_id=f"member{number}",
                checkout_id=checkout.id,
                subscription_sealed=b"x",
                subscription_index=bytes([number]) * 32,
                frequency="monthly",
                amount_minor=500,
                currency="usd",
                state=state,
                started_at=clock.now(),
                synced_at=clock.now(),
            )
        )
    session.commit()
    assert memberships_giving_to(session, "investigations") == 2
