from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.jobs.models import Job
from donations.kernel.errors import NotFound
from donations.newsletters.confirming import confirm
from donations.newsletters.forgetting import KEPT_UNCONFIRMED
from donations.newsletters.leaving import unsubscribe
from donations.newsletters.subscribing import JOB
from donations.vault.models import DataKey

ONE_DAY = timedelta(days=1)


def letters(session):
    session.rollback()
    return len(session.scalars(select(Job).where(Job.kind == JOB)).all())


def row(desk):
    return desk.rows()[0]


def test_asking_makes_a_pending_subscription_with_the_proof_of_consent(desk):
    desk.ask("weekly", placement="article")
    found = row(desk)
    assert (found.state, found.consent, found.placement) == ("pending", "I agree", "article")
    assert b"weekly@" not in found.email_sealed


def test_everything_ticked_is_asked_for_in_one_letter(desk, session):
    desk.ask("weekly", "morning", "long-read")
    assert desk.states() == dict.fromkeys(("weekly", "morning", "long-read"), "pending")
    assert letters(session) == 1


def test_what_is_confirmed_already_is_not_asked_for_again(desk, session):
    desk.subscribe("weekly")
    desk.ask("weekly", "morning")
    assert desk.states() == {"weekly": "confirmed", "morning": "pending"}
    [_, second] = session.scalars(select(Job).where(Job.kind == JOB).order_by(Job.id)).all()
    assert len(second.arguments["subscriptions"]) == 1


def test_nobodys_mailbox_is_flooded_through_us(desk, clock, session):
    for _ in range(5):
        desk.ask("weekly")
    assert letters(session) == 1
    for _ in range(10):
        clock.advance(ONE_DAY)
        desk.ask("weekly")
    assert letters(session) == 3


def test_nor_by_asking_for_one_newsletter_after_the_other(desk, clock, session):
    for slug in ("weekly", "morning", "long-read", "another", "more"):
        desk.ask(slug)
        clock.advance(ONE_DAY)
        desk.ask(slug)
    assert letters(session) == 3


def test_a_suppressed_address_is_neither_written_to_nor_kept(desk, session, master, clock):
    from donations.mailer.suppressing import suppress

    index = master.index("email", "weekly@reader.example")
    suppress(session, index, "wishes", reason="complained", source="test", now=clock.now())
    session.commit()
    desk.ask("weekly")
    assert (desk.rows(), letters(session)) == ([], 0)


def test_only_the_mailbox_confirms_and_twice_is_once(desk, session, clock):
    desk.ask("weekly")
    names = desk.names()
    assert confirm(session, names, clock.now()) == ("weekly",)
    assert confirm(session, names, clock.now()) == ("weekly",)
    assert row(desk).state == "confirmed"
    clock.advance(timedelta(days=2))
    desk.ask("weekly")
    assert row(desk).state == "confirmed"
    assert letters(session) == 1


def test_one_click_confirms_everything_the_letter_asked_about(desk, session, clock):
    desk.ask("weekly", "morning")
    assert set(confirm(session, desk.names(), clock.now())) == {"weekly", "morning"}
    assert set(desk.states().values()) == {"confirmed"}


def test_what_was_left_since_is_not_confirmed_with_the_rest(desk, session, clock):
    desk.ask("weekly", "morning")
    names = desk.names()
    unsubscribe(session, names[:1], clock.now())
    assert confirm(session, names, clock.now()) == ("morning",)
    assert desk.states() == {"weekly": "unsubscribed", "morning": "confirmed"}


def test_leaving_forgets_the_address_and_confirming_later_is_too_late(desk, session, clock):
    desk.ask("weekly")
    names = desk.names()
    unsubscribe(session, names, clock.now())
    unsubscribe(session, names, clock.now())
    assert session.get_one(DataKey, row(desk).data_key_id).wrapped is None
    with pytest.raises(NotFound):
        confirm(session, names, clock.now())


def test_an_address_nobody_confirmed_is_forgotten_after_a_month(app, worker, desk, session, clock):
    desk.ask("weekly")
    worker.tick()
    worker.run_due()
    assert row(desk).state == "pending"
    clock.advance(KEPT_UNCONFIRMED)
    worker.tick()
    worker.run_due()
    assert row(desk).state == "unsubscribed"
    assert session.get_one(DataKey, row(desk).data_key_id).wrapped is None


def test_who_missed_three_letters_may_ask_again_once_forgotten(app, worker, desk, session, clock):
    for _ in range(4):
        desk.ask("weekly")
        clock.advance(ONE_DAY)
    assert letters(session) == 3
    clock.advance(KEPT_UNCONFIRMED)
    worker.tick()
    worker.run_due()
    desk.ask("weekly")
    assert (letters(session), row(desk).mails_asked) == (4, 1)


def test_who_never_confirmed_and_left_is_not_written_to_at_once(desk, session, clock):
    desk.ask("weekly")
    unsubscribe(session, desk.names(), clock.now())
    desk.ask("weekly")
    assert letters(session) == 1


def test_who_was_subscribed_and_left_may_come_back_at_once(desk, session, clock):
    unsubscribe(session, desk.subscribe("weekly"), clock.now())
    clock.advance(timedelta(minutes=1))
    desk.ask("weekly")
    assert (row(desk).state, letters(session)) == ("pending", 2)
