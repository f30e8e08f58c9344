import pytest
from sqlalchemy import select
from tests_support import stripe

from donations.giving.cancelling import CANCEL_JOB, cancel, membership_canceller
from donations.giving.memberships import follow
from donations.giving.models import Checkout, Membership
from donations.jobs.models import Job
from donations.kernel.errors import NotFound
from donations.stripe_gateway.errors import StripeUnavailable
from donations.vault.sealed import destroy_data_key


@pytest.fixture
def membership(session, master, clock):
    checkout = Checkout(
        public_id="abcdefghjkmn",
        attempt_key=b"k" * 32,
        frequency="monthly",
        amount_minor=5000,
        currency="usd",
        language="en",
        placement="support",
        state="paid",
        created_at=clock.now(),
    )
    session.add(checkout)
    session.flush()
    row = follow(
        session,
        master,
        subscription=stripe.subscription(checkout.public_id),
        person=stripe.Person("reader@example.org", None, "cus_1"),
        checkout=checkout,
        asked_at=clock.now(),
        now=clock.now(),
    )
    session.commit()
    return row


@pytest.fixture
def end(gateway, master, membership, session, clock):
    gateway.put(stripe.subscription("abcdefghjkmn"))
    job = membership_canceller(gateway, master)
    number = membership.id

    def one():
        job(session, {"membership": number}, clock.now())

    return one


def test_asking_twice_is_asking_once_and_the_first_time_counts(session, membership, clock):
    asked = clock.now()
    cancel(session, membership.public_id, now=asked)
    clock.advance(stripe.timedelta(hours=1))
    assert cancel(session, membership.public_id, now=clock.now()).cancel_asked_at == asked
    [job] = session.scalars(select(Job)).all()
    assert job.kind == CANCEL_JOB


def test_what_has_ended_need_not_be_ended(session, membership, clock):
    membership.state = "ended"
    session.commit()
    cancel(session, membership.public_id, now=clock.now())
    assert session.scalars(select(Job)).all() == []


def test_a_membership_nobody_has_is_not_found(session, clock):
    with pytest.raises(NotFound):
        cancel(session, "nobodyhasone", now=clock.now())


def test_stripe_is_told_outside_a_transaction_under_a_key_of_the_row(end, gateway, membership):
    name = membership.public_id
    end()
    assert gateway.cancelled == [("sub_1", f"cancel-{name}")]


def test_stripe_away_lets_the_job_come_back(end, gateway):
    gateway.failure = StripeUnavailable("down")
    with pytest.raises(StripeUnavailable):
        end()
    gateway.failure = None
    end()
    first, again = gateway.cancelled
    assert first == again


def test_what_stripe_no_longer_has_is_ended_already(end, gateway):
    gateway.objects.clear()
    end()


def test_a_membership_ended_meanwhile_is_not_ended_again_and_owes_nothing(end, gateway, session):
    session.scalars(select(Membership)).one().state = "ended"
    session.commit()
    end()
    assert gateway.cancelled == []
    assert [call[:2] for call in gateway.changes.calls] == [("void", "sub_1")]


def test_what_is_still_owed_is_void_once_it_is_ended(end, gateway, membership):
    name = membership.public_id
    end()
    assert gateway.changes.calls == [("void", "sub_1", f"void-{name}")]


def test_a_subscription_of_somebody_forgotten_is_found_by_its_blind_index_and_ended(
    end, gateway, session, membership, clock
):
    name = membership.public_id
    destroy_data_key(session, membership.supporter.data_key_id, clock.now())
    session.commit()
    gateway.put(stripe.subscription("somebodyelse", id="sub_2"))
    end()
    assert gateway.cancelled == [("sub_1", f"cancel-{name}")]


def test_a_subscription_of_somebody_forgotten_that_is_over_at_stripe_needs_no_ending(
    end, gateway, session, membership, clock
):
    destroy_data_key(session, membership.supporter.data_key_id, clock.now())
    session.commit()
    gateway.objects.clear()
    end()
    assert gateway.cancelled == []
