from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.dossiers.mailbox import LASTS, Side, agree, ask, awaited, find_change, refuse
from donations.dossiers.models import MailboxChange
from donations.jobs.models import Job
from donations.kernel.errors import NotFound
from donations.supporters.directory import find_by_email, identity
from donations.supporters.models import Supporter
from donations.vault.sealed import Forgotten, destroy_data_key

NEW = "vera@elsewhere.example"


@pytest.fixture
def vera(meet):
    return meet().id


@pytest.fixture
def change(session, master, vera, clock):
    return ask(session, master, vera, NEW, now=clock.now()).public_id


def address(session, master, supporter_id):
    session.rollback()
    return identity(session, master, session.get_one(Supporter, supporter_id)).email


@pytest.mark.parametrize("order", [(Side.OLD, Side.NEW), (Side.NEW, Side.OLD)])
def test_the_mailbox_changes_once_both_sides_agreed_and_not_before(
    session, master, vera, change, clock, order
):
    agree(session, master, change, order[0], now=clock.now())
    agree(session, master, change, order[0], now=clock.now())
    assert address(session, master, vera) == "vera@reader.example"
    agree(session, master, change, order[1], now=clock.now())
    assert address(session, master, vera) == NEW
    assert find_by_email(session, master, NEW).id == vera
    assert find_by_email(session, master, "vera@reader.example") is None
    told = session.scalars(select(Job).where(Job.kind == "mailbox_tell_stripe")).all()
    assert len(told) == 1


def test_both_mailboxes_are_asked_by_letter(session, change):
    jobs = session.scalars(select(Job).where(Job.kind == "mailbox_letter")).all()
    assert sorted(job.arguments["side"] for job in jobs) == ["new", "old"]


@pytest.mark.parametrize("agreed", [None, Side.OLD, Side.NEW])
def test_one_no_ends_it_whoever_agreed(session, master, vera, change, clock, agreed):
    if agreed:
        agree(session, master, change, agreed, now=clock.now())
    refuse(session, change, clock.now())
    for side in Side:
        agree(session, master, change, side, now=clock.now())
    assert address(session, master, vera) == "vera@reader.example"
    assert session.scalar(select(MailboxChange.new_sealed)) is None


def test_after_a_week_the_question_is_over(session, master, change, vera, clock):
    agree(session, master, change, Side.OLD, now=clock.now())
    clock.advance(LASTS - timedelta(seconds=1))
    assert awaited(session, vera, clock.now()) is not None
    clock.advance(timedelta(seconds=1))
    assert awaited(session, vera, clock.now()) is None
    with pytest.raises(NotFound):
        agree(session, master, change, Side.NEW, now=clock.now())


def test_a_second_wish_replaces_the_first(session, master, vera, change, clock):
    second = ask(session, master, vera, "third@reader.example", now=clock.now())
    assert find_change(session, change, clock.now()).state == "ended"
    for side in Side:
        agree(session, master, change, side, now=clock.now())
    assert address(session, master, vera) == "vera@reader.example"
    assert awaited(session, vera, clock.now()).public_id == second.public_id


def test_the_mailbox_we_write_to_already_needs_no_change(session, master, vera, clock):
    assert ask(session, master, vera, " VERA@reader.example ", now=clock.now()) is None
    assert session.scalars(select(MailboxChange)).all() == []


def test_a_forgotten_supporter_has_no_mailbox_to_change(session, master, vera, change, clock):
    supporter = session.get_one(Supporter, vera)
    destroy_data_key(session, supporter.data_key_id, clock.now())
    session.commit()
    agree(session, master, change, Side.OLD, now=clock.now())
    with pytest.raises(Forgotten):
        agree(session, master, change, Side.NEW, now=clock.now())
    session.rollback()
    with pytest.raises(Forgotten):
        ask(session, master, vera, "x@reader.example", now=clock.now())
