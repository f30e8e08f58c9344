import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.giving.checkouts import SESSION_LASTS, attempt_key, find_checkout, is_current, move
from donations.giving.models import Checkout
from donations.giving.orders import Order
from donations.giving.states import CHECKOUT_MOVES, CheckoutState
from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.stripe_gateway.errors import StripeUnavailable


def only(session):
    session.rollback()
    return session.scalars(select(Checkout)).one()


def test_the_intention_is_committed_before_stripe_hears_of_it(
    till, gateway, session, order, visit, clock
):
    gateway.failure = StripeUnavailable("down")
    with pytest.raises(StripeUnavailable):
        till.open(session, order, visit, now=clock.now())
    assert only(session).state == "open"


def test_the_same_attempt_is_one_row_one_key_and_one_page(
    till, gateway, session, order, visit, clock
):
    first = till.open(session, order, visit, now=clock.now())
    second = till.open(session, order, visit, now=clock.now())
    assert first == second
    assert len(gateway.opened) == 1
    assert only(session).public_id == first.public_id


def test_a_retry_after_a_failure_says_stripe_word_for_word_the_same(
    till, gateway, session, order, visit, clock
):
    gateway.failure = StripeUnavailable("slow")
    with pytest.raises(StripeUnavailable):
        till.open(session, order, visit, now=clock.now())
    gateway.failure = None
    till.open(session, order, visit, now=clock.now())
    clock.advance(timedelta(minutes=5))
    row = only(session)
    row.url_sealed = None  # as if we died before noting the answer
    session.commit()
    till.open(session, order, visit, now=clock.now())
    first, again = gateway.opened
    assert first == again


def test_another_amount_in_the_same_attempt_is_another_checkout(
    till, gateway, session, order, visit, clock
):
    till.open(session, order, visit, now=clock.now())
    dearer = Order(Money(3000, "usd"), Frequency.MONTHLY)
    till.open(session, dearer, visit, now=clock.now())
    assert len({opened.idempotency_key for opened in gateway.opened}) == 2
    assert attempt_key(order, visit) != attempt_key(dearer, visit)


def test_a_page_that_is_over_is_opened_anew_under_a_new_key(
    till, gateway, session, order, visit, clock
):
    till.open(session, order, visit, now=clock.now())
    clock.advance(SESSION_LASTS)
    till.open(session, order, visit, now=clock.now())
    first, second = (opened.idempotency_key for opened in gateway.opened)
    assert (first[-2:], second[-2:]) == ("-1", "-2")


@pytest.mark.parametrize("state", ["paid", "pending"])
def test_what_is_paid_or_on_its_way_opens_no_page(
    till, gateway, session, order, visit, clock, state
):
    till.open(session, order, visit, now=clock.now())
    only(session).state = state
    session.commit()
    assert till.open(session, order, visit, now=clock.now()).url is None
    assert len(gateway.opened) == 1


def test_two_clicks_at_once_are_one_checkout(till, gateway, sessions, session, order, visit, clock):
    gateway.session = None
    urls = []

    def click():
        with sessions() as own:
            urls.append(till.open(own, order, visit, now=clock.now()).url)

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert len(set(urls)) == 1
    assert len({opened.idempotency_key for opened in gateway.opened}) == 1
    only(session)


def test_stripe_is_told_a_random_name_and_nothing_of_the_newsroom(
    till, gateway, session, order, visit, clock
):
    till.open(session, order, visit, now=clock.now())
    [told] = gateway.opened
    assert "moscow" not in repr(told).lower()
    assert len(told.donation) == 12


def test_nothing_of_stripes_page_stands_readable_in_the_row(
    till, gateway, session, order, visit, clock
):
    till.open(session, order, visit, now=clock.now())
    row = only(session)
    assert b"cs_" not in row.session_sealed
    assert b"stripe" not in row.url_sealed


@pytest.mark.parametrize("current", list(CheckoutState))
@pytest.mark.parametrize("target", list(CheckoutState))
def test_states_move_by_the_table(current, target):
    checkout = Checkout(state=current.value)
    assert move(checkout, target) is (target in CHECKOUT_MOVES[current])
    expected = target if target in CHECKOUT_MOVES[current] else current
    assert checkout.state == expected.value


def test_paid_is_the_end_of_a_checkout():
    assert CHECKOUT_MOVES[CheckoutState.PAID] == set()


def test_a_session_left_behind_is_not_the_current_one(till, session, order, visit, clock, master):
    till.open(session, order, visit, now=clock.now())
    row = only(session)
    assert is_current(row, master, f"cs_checkout-{row.public_id}-1")
    assert not is_current(row, master, "cs_another")


def test_foreign_metadata_finds_no_checkout(session):
    assert find_checkout(session, None) is None
    assert find_checkout(session, "somebody elses") is None
