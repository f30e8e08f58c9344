"""A supporter who asks to be forgotten is: here and at Stripe, and the books stand."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update

from donations.dossiers.erasing import ERASE_JOB, ask_erasure, is_asked
from donations.dossiers.exporting import everything
from donations.dossiers.models import Erasure
from donations.giving.models import Gift, Membership
from donations.jobs.models import Job
from donations.kernel.database import Base
from donations.sandbox.refusals import Refusal
from donations.supporters.models import StripeCustomer, Supporter
from donations.vault.sealed import Forgotten

NAME = "Kanarina Ptitsyna"
EMAIL = "canary.reader@example.org"


def until_done(live, session):
    """Let the erasure come round again as often as it has to."""
    for _ in range(5):
        live.settle()
        session.rollback()
        if session.scalar(select(Erasure.done_at)) is not None:
            return
        due = update(Job).where(Job.kind == ERASE_JOB).values(run_at=live.clock.now())
        session.execute(due)
        session.commit()
    pytest.fail("the erasure was never done")


@pytest.mark.sandbox_only
def test_a_member_who_is_forgotten_pays_no_more_and_the_books_stand(live, reader, session, master):
    reader.choose("monthly", "1500")
    reader.pay(email=EMAIL, name=NAME)
    live.settle()
    before = live.books()
    supporter = session.scalars(select(Supporter)).one().id
    ask_erasure(session, supporter, by="supporter", now=live.clock.now())
    ask_erasure(session, supporter, by="supporter", now=live.clock.now())
    until_done(live, session)
    [membership] = session.scalars(select(Membership)).all()
    assert membership.state == "ended"
    assert session.scalars(select(StripeCustomer)).all() == []
    assert live.sandbox.world.store.tables["customer"][live.last("customer")].get("deleted")
    with pytest.raises(Refusal, match="No subscription will renew"):
        live.stripe.renew()
    assert len(session.scalars(select(Gift)).all()) == 1
    assert live.books() == before
    assert session.scalars(select(Job).where(Job.state == "dead")).all() == []
    with pytest.raises(Forgotten):
        everything(session, master, session.get_one(Supporter, supporter))


@pytest.mark.sandbox_only
def test_the_same_person_may_come_back_as_somebody_new(live, reader, session):
    reader.choose("once", "5000")
    reader.pay(email=EMAIL)
    live.settle()
    first = session.scalars(select(Supporter)).one().id
    ask_erasure(session, first, by="office", now=live.clock.now())
    until_done(live, session)
    assert is_asked(session, first)
    reader.choose("once", "5000")
    reader.pay(email=EMAIL)
    live.settle()
    session.rollback()
    [old, new] = session.scalars(select(Supporter).order_by(Supporter.id)).all()
    assert old.id == first
    assert old.email_index is None
    assert new.email_index is not None
    assert not is_asked(session, new.id)


@pytest.mark.sandbox_only
def test_the_export_holds_everything_and_no_byte_that_is_not_readable(
    live, reader, session, master
):
    reader.choose("monthly", "1500")
    reader.pay(email=EMAIL, name=NAME)
    live.settle()
    live.stripe.renew()
    live.settle()
    supporter = session.scalars(select(Supporter)).one()
    held = everything(session, master, supporter)
    text = json.dumps(held)
    assert held["supporter"]["email"] == EMAIL
    assert held["supporter"]["name"] == NAME
    assert held["stripe_customers"] == [live.last("customer")]
    assert [gift["amount_minor"] for gift in held["gifts"]] == [1500, 1500]
    assert [one["receipt_number"] for one in held["gifts"]] == [1001, 1002]
    assert held["memberships"][0]["history"][0]["state"] == "active"
    assert "sealed" not in text


def test_every_table_that_knows_a_supporter_is_told_of_in_the_export_or_kept_from_it_for_a_reason():
    """Who adds a table of people meets this test, and decides what the person is told of it."""
    from donations.dossiers.exporting import LEFT_OUT, TOLD

    people = {
        table.name
        for table in Base.metadata.tables.values()
        if any(key.column.table.name == "supporter" for key in table.foreign_keys)
        or "email_index" in table.columns
    }
    assert people == set(TOLD) | set(LEFT_OUT)
    assert all(LEFT_OUT.values())
