"""One movement, booked for what Stripe says it was, exactly once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support.stripe import dispute, invoice, movement, payment, payout, refund, subscription

from donations.giving.models import Gift
from donations.inbox.desk import Desk
from donations.inbox.handlers import invoices
from donations.inbox.mending import YOUNG, may_wait, mend
from donations.kernel.money import Money
from donations.ledger.books import balances
from donations.ledger.chart import Kind
from donations.ledger.models import Entry
from donations.ledger.placing import standing

CHARGE = movement("txn_pi_1", source="ch_1", category="charge")


@pytest.fixture
def later(desk, clock):
    """The same desk when nothing is young any more."""
    clock.advance(timedelta(hours=3))
    return replace(desk, now=clock.now())


@pytest.fixture
def paid(gateway, checkout):
    """A one-time gift that was paid, and that nobody told of."""
    made = payment(donation=checkout(), movement=CHARGE)
    gateway.put(made)
    gateway.charges["ch_1"] = "pi_1"
    gateway.credits["ch_1"] = "txn_pi_1"
    return made


def mended(desk, moved, **how):
    kind = mend(desk, moved, **how)
    desk.session.commit()
    return kind


def kinds(session):
    found = session.scalars(select(Entry.kind).order_by(Entry.number)).all()
    session.rollback()
    return found


def test_a_charge_becomes_the_gift_its_webhook_would_have_made(desk, paid):
    assert mended(desk, CHARGE) is Kind.GIFT
    [gift] = desk.session.scalars(select(Gift)).all()
    assert gift.booked_at is not None
    assert balances(desk.session) == {
        ("stripe_balance", "usd"): 4825,
        ("fees", "usd"): 175,
        ("income", "usd"): -5000,
    }
    assert mended(desk, CHARGE) is None
    assert kinds(desk.session) == ["gift"]


@pytest.mark.parametrize("moved", ["refund", "dispute"])
def test_what_goes_back_is_booked_after_the_gift_it_belongs_to(desk, gateway, paid, moved):
    state = refund() if moved == "refund" else dispute()
    gateway.put(state)
    gone = replace(state.movements[0], source=state.id)
    assert mended(desk, gone) is Kind(moved)
    assert kinds(desk.session) == ["gift", moved]


def test_a_failed_refund_shown_as_an_adjustment_is_a_failed_refund(desk, gateway, paid):
    back = movement("txn_back", 2000, 0, kind="adjustment", source="re_1")
    state = refund()
    gateway.put(replace(state, status="failed", movements=(*state.movements, back)))
    assert mended(desk, back) is Kind.REFUND_FAILED
    assert balances(desk.session)["refunds", "usd"] == 0


def test_a_payout_is_booked_with_its_return(desk, gateway):
    back = movement("txn_back", 4825, 0, kind="payout_failure", source="po_1")
    gateway.put(payout(status="failed", lines_known=False, returned=back))
    assert mended(desk, back) is Kind.PAYOUT_FAILED
    assert kinds(desk.session) == ["payout", "payout_failed"]


@pytest.mark.parametrize(
    ("kind", "category", "booked", "account"),
    [
        ("stripe_fee", "fee", Kind.STRIPE_FEE, "service_fees"),
        ("stripe_fx_fee", "fee", Kind.STRIPE_FEE, "service_fees"),
        ("tax_fee", "tax", Kind.STRIPE_FEE, "service_fees"),
        ("adjustment", "fee", Kind.STRIPE_FEE, "service_fees"),
        ("adjustment", "network_cost", Kind.STRIPE_FEE, "service_fees"),
        ("adjustment", "other_adjustment", Kind.ADJUSTMENT, "adjustments"),
        ("adjustment", "currency_conversion", Kind.CONVERSION, "exchange"),
        ("topup", "topup", Kind.OTHER, "suspense"),
        ("reserve_hold", "risk_reserved_funds", Kind.OTHER, "suspense"),
        ("something_new", "unheard_of", Kind.OTHER, "suspense"),
    ],
)
def test_what_no_gift_is_behind_is_booked_by_type_and_category(
    desk, kind, category, booked, account
):
    moved = movement("txn_1", -700, 0, kind=kind, category=category)
    assert mended(desk, moved) is booked
    assert balances(desk.session) == {
        ("stripe_balance", "usd"): -700,
        (account, "usd"): 700,
    }
    assert mended(desk, moved) is None


def test_a_movement_of_nothing_is_booked_too(desk):
    assert mended(desk, movement("txn_0", 0, 0, kind="adjustment")) is Kind.ADJUSTMENT
    assert "txn_0" in standing(desk.session, ["txn_0"])


def test_a_conversion_shows_in_both_currencies(desk):
    out = movement("txn_1", -1000, 0, kind="adjustment", category="currency_conversion")
    came = replace(out, id="txn_2", amount=900, net=900, currency="eur")
    for moved in (out, came):
        mended(desk, moved)
    assert balances(desk.session)["exchange", "usd"] == 1000
    assert balances(desk.session)["exchange", "eur"] == -900


@pytest.mark.parametrize(
    "moved",
    [
        movement("txn_1", source="ch_gone"),
        movement("txn_1", source=None),
        movement("txn_1", -5, 0, kind="refund", source="re_gone"),
        movement("txn_1", -5, 0, kind="adjustment", source="dp_gone"),
        movement("txn_1", -5, 0, kind="payment_failure_refund", source="py_gone"),
    ],
)
def test_what_is_not_ours_waits_while_young_and_then_stands_in_suspense(desk, later, moved):
    assert mended(desk, moved) is None
    assert kinds(desk.session) == []
    assert mended(later, moved) is Kind.OTHER
    assert mended(later, moved) is None
    assert kinds(desk.session) == ["other"]


def test_it_need_not_wait_when_forced(desk):
    assert mended(desk, movement("txn_1", source="ch_gone"), force=True) is Kind.OTHER


def test_young_is_less_than_two_hours(desk):
    moved = movement("txn_1", source="ch_1", created=desk.now - YOUNG)
    assert not may_wait(moved, desk.now)
    assert may_wait(replace(moved, created=moved.created + timedelta(seconds=1)), desk.now)
    assert not may_wait(movement("txn_1", kind="topup"), desk.now)


@pytest.mark.parametrize("heard_by", ["sweep", "webhook"])
def test_a_first_payment_that_could_not_be_placed_leaves_suspense_when_it_can(
    session, later, gateway, checkout, heard_by
):
    """Checkout makes the subscription after the payment; here it takes absurdly long."""
    donation = checkout("monthly")
    gateway.put(payment(movement=CHARGE))
    gateway.charges["ch_1"] = "pi_1"
    assert mended(later, CHARGE) is Kind.OTHER
    gateway.put(invoice(donation), subscription(donation))
    gateway.invoices_of["pi_1"] = "in_1"
    if heard_by == "sweep":
        assert mended(later, CHARGE) is Kind.GIFT
    else:
        invoices.paid(later, "in_1")
        session.commit()
    [gift] = session.scalars(select(Gift)).all()
    assert gift.booked_at is not None
    assert {key: minor for key, minor in balances(session).items() if minor} == {
        ("stripe_balance", "usd"): 4825,
        ("fees", "usd"): 175,
        ("income", "usd"): -5000,
    }
    assert standing(session, ["txn_pi_1"])["txn_pi_1"].gift_reference == gift.public_id
    session.rollback()
    assert mended(later, CHARGE) is None


def test_a_bank_debit_on_its_way_stands_in_suspense_until_it_succeeds(later, gateway, paid):
    gateway.put(replace(paid, succeeded=False, status="processing"))
    assert mended(later, CHARGE) is Kind.OTHER
    gateway.put(paid)
    assert mended(later, CHARGE) is Kind.GIFT
    assert balances(later.session)["suspense", "usd"] == 0


BOUNCE = movement("txn_bounce", -5000, 0, kind="payment_failure_refund", source="ch_1")


def test_a_credited_debit_that_bounces_takes_its_gift_back(later, gateway, paid):
    mended(later, CHARGE)
    assert mended(later, BOUNCE) is Kind.CHARGE_FAILED
    [entry] = later.session.scalars(select(Entry).where(Entry.kind == "charge_failed")).all()
    assert (entry.charged_minor, entry.gift_reference is not None) == (-5000, True)
    assert balances(later.session)["refunds", "usd"] == 5000
    later.session.rollback()
    assert mended(later, BOUNCE) is None


def test_a_debit_that_bounced_before_it_succeeded_comes_to_nothing(later, gateway, paid):
    gateway.put(replace(paid, succeeded=False, status="requires_payment_method"))
    assert mended(later, CHARGE) is Kind.OTHER
    assert mended(later, BOUNCE) is Kind.OTHER
    assert balances(later.session)["suspense", "usd"] == 0


def test_a_converted_debit_that_bounces_at_another_rate_gains_or_loses(later, gateway, checkout):
    credit = movement("txn_pi_1", 5500, 0, source="ch_1", exchange_rate="1.1")
    gateway.put(payment(donation=checkout(), movement=credit, amount=Money(5000, "eur")))
    gateway.charges["ch_1"], gateway.credits["ch_1"] = "pi_1", "txn_pi_1"
    mended(later, credit)
    bounce = replace(BOUNCE, amount=-6000, net=-6000, exchange_rate="1.2")
    assert mended(later, bounce) is Kind.CHARGE_FAILED
    assert balances(later.session)["refunds", "usd"] == 5500
    assert balances(later.session)["exchange", "usd"] == 500


@pytest.mark.parametrize(("country", "kept"), [("RU", None), ("NL", "NL")])
def test_the_country_of_a_card_is_kept_but_for_those_that_are_guarded(
    session, gateway, master, clock, paid, country, kept
):
    gateway.put(replace(paid, card_country=country))
    guarded = frozenset({"RU", "BY"})
    mended(Desk(session, gateway, master, clock.now(), guarded), CHARGE)
    assert session.scalars(select(Entry.card_country)).all() == [kept]
