from datetime import timedelta

import pytest
from sqlalchemy import func, select

from donations.kernel.database import begin_write
from donations.mailer.message import Stream
from donations.mailer.message_ids import message_id
from donations.mailer.models import Letter, Suppression
from donations.mailer.returns.noting import note, note_unproven
from donations.mailer.returns.returned import Kind, Return
from donations.mailer.suppressing import withheld
from donations.vault.keys import normalised_email

TO = "reader@example.org"


@pytest.fixture
def ours(session, master, clock):
    """The id of a letter that went to the reader."""
    identifier = message_id(master, "receipt:1", TO)
    begin_write(session)
    session.add(
        Letter(
            key="receipt:1",
            template="receipt",
            language="en",
            message_id=identifier,
            sending_at=clock.now(),
            sent_at=clock.now(),
        )
    )
    session.commit()
    return identifier


@pytest.fixture
def told(session, master, clock):
    """Tells returns, as a service proves them or as anybody may write them."""

    def tell(*returns, proven=True):
        how = note if proven else note_unproven
        return how(session, master, returns, source="here", now=clock.now())

    return tell


def kept(session, master, address=TO):
    index = master.index("email", normalised_email(address))
    return {
        (row.scope, row.reason)
        for row in session.scalars(select(Suppression).where(Suppression.email_index == index))
    }


def came_back(session):
    session.expire_all()
    return session.scalars(select(Letter)).one().returned_as


def test_a_bounce_ends_every_letter_and_a_complaint_what_was_not_needed(
    session, master, ours, told
):
    told(Return(Kind.BOUNCED, "Reader@Example.org", ours))
    assert kept(session, master) == {("everything", "bounced")}
    assert withheld(session, master.index("email", TO), Stream.NEEDED)
    told(Return(Kind.COMPLAINED, "other@example.org", ""))
    assert kept(session, master, "other@example.org") == {("wishes", "complained")}
    assert not withheld(session, master.index("email", "other@example.org"), Stream.NEEDED)


def test_a_delay_is_marked_and_suppresses_nobody(session, master, ours, told):
    told(Return(Kind.DELAYED, TO, ours))
    assert came_back(session) == "delayed"
    assert kept(session, master) == set()


def test_of_one_letter_the_worst_stays_with_its_first_moment(session, ours, told, clock):
    first = clock.now()
    told(Return(Kind.BOUNCED, TO, ours))
    clock.advance(timedelta(hours=1))
    told(Return(Kind.BOUNCED, TO, ours), Return(Kind.DELAYED, TO, ours))
    letter = session.scalars(select(Letter)).one()
    assert (letter.returned_as, letter.returned_at) == ("bounced", first)
    told(Return(Kind.COMPLAINED, TO, ours))
    assert came_back(session) == "complained"


def test_the_same_told_again_changes_nothing(session, ours, told):
    for _ in range(3):
        told(Return(Kind.BOUNCED, TO, ours), Return(Kind.BOUNCED, TO, ours))
    assert session.scalar(select(func.count()).select_from(Suppression)) == 1


def test_a_verified_service_is_believed_about_letters_it_does_not_name(session, master, told):
    told(Return(Kind.BOUNCED, TO, ""))
    assert kept(session, master) == {("everything", "bounced")}


def test_anybodys_report_must_name_a_letter_of_ours_that_went_to_that_address(
    session, master, ours, told
):
    forged = (
        Return(Kind.BOUNCED, TO, ""),
        Return(Kind.BOUNCED, TO, "f" * 32),
        Return(Kind.BOUNCED, TO, message_id(master, "receipt:2", TO)),  # never sent
        Return(Kind.BOUNCED, "victim@example.org", ours),
    )
    assert told(*forged, proven=False) == 0
    assert session.scalar(select(func.count()).select_from(Suppression)) == 0
    assert came_back(session) is None
    assert told(Return(Kind.BOUNCED, TO, ours), proven=False) == 1
    assert kept(session, master) == {("everything", "bounced")}


def test_a_complaint_without_an_address_is_counted_and_suppresses_nobody(session, ours, told):
    assert told(Return(Kind.COMPLAINED, "", ours), proven=False) == 1
    assert came_back(session) == "complained"
    assert session.scalar(select(func.count()).select_from(Suppression)) == 0


def test_nothing_kept_holds_the_address(session, engine, ours, told):
    told(Return(Kind.BOUNCED, TO, ours))
    with engine.connect() as connection:
        for query in ("SELECT * FROM letter", "SELECT * FROM suppression"):
            for row in connection.exec_driver_sql(query):
                assert "reader" not in repr(row)
