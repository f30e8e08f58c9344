"""The notices as they are written: by fact, by language, and not when they are no longer so."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from tests_support.members import give

from donations.app import create_worker
from donations.dunning.declines import Reason
from donations.dunning.kinds import Kind
from donations.dunning.models import CardOnFile, Notice
from donations.dunning.noting import note
from donations.giving.memberships import note_failure
from donations.jobs.outbox import enqueue
from donations.supporters.wishes import choose_wishes
from donations.vault.sealed import destroy_data_key


@pytest.fixture
def letters(app, outbox, session, clock):
    """Owes a notice and does the work that is due; the letters that went out."""
    worker = create_worker(app)

    def write(membership, kind, **facts):
        note(session, membership.id, kind, "x", now=clock.now(), **facts)
        session.commit()
        return run()

    def run():
        before = len(outbox.messages)
        worker.run_due()
        session.rollback()
        return outbox.messages[before:]

    write.run = run
    return write


def text_of(letter):
    return letter.get_body(("plain",)).get_content()


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_failed_payment_is_told_with_its_reason_and_that_no_money_moved(
    letters, member, session, clock, reason, language
):
    membership = member(language=language)
    membership.state = "past_due"
    kind = Kind.CONFIRM if reason is Reason.CONFIRM else Kind.FAILED
    [letter] = letters(membership, kind, reason=reason, next_at=clock.now() + timedelta(days=3))
    text = text_of(letter)
    money = "No money" if language == "en" else "Деньги"
    assert money in text
    assert "/support/act/card/" in text
    assert "/support/act/cancel/" in text
    assert "/support/act/pay/" in text
    assert ("/ru/support" in text) == (language == "ru")
    assert "List-Unsubscribe" not in letter


@pytest.mark.parametrize("kind", Kind)
def test_every_notice_is_written_and_its_links_open(letters, member, session, clock, client, kind):
    membership = member(frequency="annual" if kind is Kind.ANNUAL else "monthly")
    give(session, membership, clock.now())
    behind = kind in {Kind.FAILED, Kind.CONFIRM, Kind.LAST}
    membership.state = "past_due" if behind else "active"
    if kind is Kind.LAPSED:
        membership.state = "ended"
    session.add(
        CardOnFile(
            membership_id=membership.id, expires_on=date(2026, 11, 30), checked_at=clock.now()
        )
    )
    [letter] = letters(membership, kind, reason=Reason.FUNDS if behind else None)
    text = text_of(letter)
    links = re.findall(r"http://localhost(/\S+)", text)
    assert links
    for link in links:
        assert client.get(link).status_code == 200, link
    assert "Vera" not in text


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (Kind.FAILED, {"state": "active"}),
        (Kind.LAST, {"state": "ended"}),
        (Kind.CONFIRM, {"state": "past_due", "cancel_asked_at": date}),
        (Kind.ANNUAL, {"ends_with_period": True}),
        (Kind.CARD_EXPIRING, {"state": "ended"}),
        (Kind.STILL_READING, {"cancel_asked_at": date}),
    ],
)
def test_what_is_no_longer_so_is_not_said(letters, member, session, clock, kind, changes):
    membership = member()
    for name, value in changes.items():
        setattr(membership, name, clock.now() if value is date else value)
    assert letters(membership, kind, reason=Reason.FUNDS) == []


def test_the_yearly_note_can_be_ended_by_one_click_and_nothing_else_ends(
    letters, member, session, client, clock
):
    membership = member()
    [letter] = letters(membership, Kind.STILL_READING)
    url = letter["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "No yearly note any more?" in client.get(url).text
    for _ in range(2):
        answer = client.post(
            url, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "null"}
        )
        assert answer.status_code == 200
    note(session, membership.id, Kind.STILL_READING, "next year", now=clock.now())
    session.commit()
    assert letters.run() == []
    assert client.get(url + "x").status_code == 404
    assert membership.cancel_asked_at is None


def test_whoever_refused_the_yearly_note_in_their_account_gets_none(letters, member, session):
    membership = member()
    choose_wishes(session, membership.supporter_id, [])
    assert letters(membership, Kind.STILL_READING) == []


def test_nobody_forgotten_is_written_to(letters, member, session, clock):
    membership = member()
    membership.state = "past_due"
    destroy_data_key(session, membership.supporter.data_key_id, clock.now())
    assert letters(membership, Kind.FAILED, reason=Reason.FUNDS) == []


def test_a_letter_promised_by_an_earlier_release_is_still_written(letters, member, session, clock):
    membership = member()
    membership.state = "past_due"
    note_failure(membership, "expired_card", now=clock.now())
    arguments = {"membership": membership.id, "retry_on": "2026-12-01", "cause": "abc"}
    enqueue(session, "membership_failed", "membership_failed:abc", arguments, now=clock.now())
    session.commit()
    [letter] = letters.run()
    assert "The card has expired. No money was taken." in text_of(letter)
    assert session.scalars(select(Notice)).all() == []
