import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from tests_support import stripe

from donations.giving.gifts import record_gift
from donations.giving.models import Checkout, Gift, Receipt
from donations.jobs.models import Job
from donations.kernel.database import begin_write


@pytest.fixture
def record(session, master, clock):
    session.add(
        Checkout(
            public_id="abcdefghjkmn",
            attempt_key=b"k" * 32,
            frequency="once",
            amount_minor=5000,
            currency="usd",
            language="en",
            placement="support",
            state="open",
            created_at=clock.now(),
        )
    )
    session.commit()

    def one(own, name, email="reader@example.org"):
        begin_write(own)
        return record_gift(
            own,
            master,
            payment=stripe.payment(name),
            person=stripe.Person(email, None, None),
            checkout=own.scalars(select(Checkout)).one(),
            membership=None,
            now=clock.now(),
        )

    return one


def numbers(session):
    session.rollback()
    return sorted(session.scalars(select(Receipt.number)))


def test_a_gift_rolled_back_takes_its_number_with_it(session, record):
    record(session, "pi_1")
    session.rollback()
    record(session, "pi_2")
    session.commit()
    assert numbers(session) == [1001]


def test_the_same_payment_keeps_its_one_number(session, record):
    record(session, "pi_1")
    session.commit()
    record(session, "pi_1")
    session.commit()
    assert numbers(session) == [1001]
    assert len(session.scalars(select(Job)).all()) == 1


def test_a_gift_of_somebody_unknown_has_a_number_but_no_mail(session, record):
    record(session, "pi_1", email=None)
    session.commit()
    assert numbers(session) == [1001]
    assert session.scalars(select(Job)).all() == []


def test_many_gifts_at_once_leave_no_gap_and_no_number_twice(session, sessions, record):
    def give(name):
        for _ in range(20):  # as the worker comes back to a job that failed
            with sessions() as own:
                try:
                    record(own, name, f"{name}@example.org")
                    own.commit()
                except SQLAlchemyError:
                    continue
                return

    givers = [threading.Thread(target=give, args=(f"pi_{number}",)) for number in range(8)]
    for each in givers:
        each.start()
    for each in givers:
        each.join()
    assert numbers(session) == list(range(1001, 1009))


def test_the_same_payment_recorded_at_once_is_one_gift(session, sessions, record):
    def give():
        with sessions() as own:
            try:
                record(own, "pi_same")
                own.commit()
            except SQLAlchemyError:  # its job would come back and find the gift
                own.rollback()

    givers = [threading.Thread(target=give) for _ in range(4)]
    for each in givers:
        each.start()
    for each in givers:
        each.join()
    session.rollback()
    assert len(session.scalars(select(Gift)).all()) == 1
    assert numbers(session) == [1001]
