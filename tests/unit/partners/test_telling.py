import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from tests_support import stripe

from donations.giving.memberships import follow
from donations.giving.models import Checkout
from donations.jobs.models import Job
from donations.partners.endpoints import switch
from donations.partners.keys import make_key
from donations.partners.kinds import Told
from donations.partners.models import PartnerDelivery, PartnerEvent, PartnerStanding
from donations.partners.telling import DELIVER_JOB, tell, tell_standing

NAME = "abcdefghjkmn"
VERA = stripe.Person("vera@reader.example", "Vera Reader", "cus_1")


@pytest.fixture
def life(session, master, clock):
    """A membership as it goes on: each call follows what Stripe says then, and tells of it."""
    session.add(
        Checkout(
            public_id=NAME,
            attempt_key=b"k" * 32,
            frequency="monthly",
            amount_minor=5000,
            currency="usd",
            language="en",
            placement="support",
            created_at=clock.now(),
        )
    )
    session.commit()

    def goes_on(who=VERA, **at):
        clock.advance(timedelta(minutes=1))
        membership = follow(
            session,
            master,
            subscription=stripe.subscription(NAME, **at),
            person=who,
            checkout=session.scalars(select(Checkout)).one(),
            asked_at=clock.now(),
            now=clock.now(),
        )
        tell_standing(session, membership, now=clock.now())
        session.commit()
        return membership

    return goes_on


def events(session):
    return session.scalars(select(PartnerEvent).order_by(PartnerEvent.id)).all()


def kinds(session):
    return [event.kind for event in events(session)]


def test_a_beginning_is_told_once(session, life, endpoint):
    endpoint()
    for _ in range(3):
        life()
    assert kinds(session) == ["membership.joined"]


def test_one_that_never_began_is_told_of_when_it_does(session, life, endpoint):
    endpoint()
    life(status="incomplete")
    assert kinds(session) == []
    life()
    assert kinds(session) == ["membership.joined"]


def test_a_beginning_is_told_once_it_is_known_whose_it_is(session, life, endpoint):
    endpoint()
    life(stripe.Person(None, None, "cus_1"))
    assert kinds(session) == []
    membership = life()
    assert kinds(session) == ["membership.joined"]
    told = json.loads(events(session)[0].body)
    assert told["supporter"] == membership.supporter.public_id


def test_one_that_never_began_and_is_over_is_not_told_of(session, life, endpoint, clock):
    endpoint()
    life(status="incomplete")
    life(status="incomplete_expired", ended_at=clock.now())
    assert kinds(session) == []


def test_one_taken_over_from_elsewhere_has_not_joined_now(session, life, endpoint, clock):
    endpoint()
    began = clock.now() - timedelta(days=31)
    life(started_at=began)
    assert kinds(session) == []
    life(started_at=began, amount=stripe.Money(7000, "usd"))
    assert kinds(session) == ["membership.changed"]


@pytest.mark.parametrize(
    "change",
    [
        {"amount": stripe.Money(7000, "usd")},
        {"amount": stripe.Money(5000, "eur")},
        {"frequency": stripe.Frequency.ANNUAL},
        {"collection_paused": True},
    ],
)
def test_another_amount_currency_or_rhythm_and_a_pause_are_changes(session, life, endpoint, change):
    endpoint()
    life()
    life(**change)
    life(**change)
    assert kinds(session) == ["membership.joined", "membership.changed"]
    life()
    assert kinds(session)[2:] == ["membership.changed"]


def test_a_late_payment_and_the_next_period_are_no_changes(session, life, endpoint, clock):
    endpoint()
    life()
    life(status="past_due")
    life(renews_at=clock.now() + timedelta(days=60))
    assert kinds(session) == ["membership.joined"]


def test_an_end_with_the_period_is_told_when_it_is_asked_for_and_when_it_comes(
    session, life, endpoint, clock
):
    endpoint()
    life()
    end = clock.now() + timedelta(days=20)
    life(ends_with_period=True, ends_at=end)
    life(ends_with_period=True, ends_at=end)
    life(status="canceled", ends_with_period=True, ends_at=end, ended_at=end)
    assert kinds(session) == [
        "membership.joined",
        "membership.cancels_at_period_end",
        "membership.cancelled",
    ]
    told = json.loads(events(session)[1].body)["membership"]
    assert (told["ends_with_period"], told["state"]) == (True, "active")
    assert told["ends_at"] == end.isoformat().replace("+00:00", "Z")


def test_who_stays_after_all_is_told_as_a_change_and_may_leave_again(
    session, life, endpoint, clock
):
    endpoint()
    life()
    for ending in (True, False, True):
        life(ends_with_period=ending)
    assert kinds(session)[1:] == [
        "membership.cancels_at_period_end",
        "membership.changed",
        "membership.cancels_at_period_end",
    ]


def test_what_happened_while_nobody_listened_is_not_told_later(session, life, endpoint):
    life()
    assert session.scalars(select(PartnerStanding)).one().state == "active"
    endpoint()
    life()
    assert kinds(session) == []
    life(amount=stripe.Money(7000, "usd"))
    assert kinds(session) == ["membership.changed"]


def test_a_key_that_may_read_events_counts_as_listening(session, life, clock):
    make_key(session, "CMS", ["events"], by="admin", now=clock.now())
    life()
    assert kinds(session) == ["membership.joined"]
    assert session.scalars(select(PartnerDelivery)).all() == []


def test_each_endpoint_is_promised_what_it_wants(session, life, endpoint, clock):
    everything, _ = endpoint()
    only_paid, _ = endpoint(kinds=[Told.PAID], label="paid")
    resting, _ = endpoint(label="resting")
    switch(session, resting.public_id, "off", now=clock.now())
    life()
    (delivery,) = session.scalars(select(PartnerDelivery)).all()
    assert delivery.endpoint_id == everything.id != only_paid.id
    job = session.scalars(select(Job).where(Job.kind == DELIVER_JOB)).one()
    assert job.arguments == {"delivery": delivery.id}


def test_what_is_told_has_ids_amounts_and_kinds_and_no_person(session, life, endpoint):
    endpoint()
    membership = life()
    event = events(session)[0]
    told = json.loads(event.body)
    assert told["id"] == event.public_id and told["number"] == event.id
    assert told["kind"] == "membership.joined"
    assert told["supporter"] == membership.supporter.public_id
    assert told["membership"]["id"] == membership.public_id
    assert (told["membership"]["amount_minor"], told["membership"]["currency"]) == (5000, "usd")
    assert told["gift"] is None
    for word in ("vera", "Vera", "reader", "sub_1", "cus_1"):
        assert word not in event.body


def test_the_same_cause_is_told_once(session, life, endpoint, clock):
    endpoint()
    membership = life()
    for new in (True, False):
        told = tell(session, Told.FAILED, membership, cause="in_1:1", now=clock.now())
        assert told is new
    assert tell(session, Told.FAILED, membership, cause="in_1:2", now=clock.now())
    session.commit()
    assert kinds(session)[1:] == ["payment.failed", "payment.failed"]


def test_the_database_refuses_a_cause_twice(session, clock):
    for name in ("evt_1", "evt_2"):
        session.add(
            PartnerEvent(public_id=name, kind="gift.paid", cause="x", body="{}", at=clock.now())
        )
    with pytest.raises(IntegrityError):
        session.commit()


def test_what_was_taken_back_was_not_told(session, life, endpoint, clock):
    endpoint()
    membership = life()
    tell(session, Told.FAILED, membership, cause="in_1:1", now=clock.now())
    session.rollback()
    assert kinds(session) == ["membership.joined"]
    jobs = session.scalars(select(Job).where(Job.kind == DELIVER_JOB)).all()
    assert len(jobs) == 1
