"""Two years of one member: the card expires, payments fail, they pause, give less, and leave."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import select
from tests_support.counterparts import Simulated
from tests_support.live import Reader
from tests_support.years import Years

from donations.giving.models import Gift, Membership
from donations.giving.states import MembershipState
from donations.ledger.books import balances

pytestmark = pytest.mark.sandbox_only
CARD = "4242424242424242"
REFUSED = "4000000000000341"


@pytest.fixture
def years(environment, outbox):
    life = Years(environment, outbox, Simulated(environment["STRIPE_WEBHOOK_SECRET"]))
    life.live.sandbox.control("faults", {"automatic_updates": False})
    yield life
    life.live.stop()


@pytest.fixture
def vera(years):
    someone = Reader(years.live)
    yield someone
    someone.close()


def put_in(reader, number, expiry="12 / 40"):
    """Fill in a card where the page asks for one, and send it."""
    return reader.send(
        0, method="card", card_number=number, expiry=expiry, cvc="123", name="Vera Reader"
    )


def new_card(years, reader, number, at=-1):
    """Follow a letter's link to another card, put it in, and come back."""
    reader.see(years.link("card", at))
    reader.send(0)
    put_in(reader, number)
    years.work()


def standing(session):
    session.rollback()
    row = session.scalars(select(Membership)).one()
    return MembershipState(row.state), row.amount_minor, len(session.scalars(select(Gift)).all())


def test_two_years_of_a_member_and_every_letter_they_got(years, vera, session, capsys):
    join_with_a_card_that_soon_expires(years, vera, session)
    the_card_expires_and_a_new_one_pays(years, vera, session)
    they_pause_and_go_on(years, vera, session)
    they_give_less(years, vera, session)
    payments_fail_and_recover(years, vera, session)
    years.until(lambda: "A year of your support" in years.subjects())
    assert (years.clock.now() - years.started).days < 370
    years.until(lambda: (years.clock.now() - years.started).days >= 600)
    they_leave_and_nothing_is_taken_any_more(years, vera, session)
    if "LETTERS_FOLDER" in os.environ:
        years.keep(Path(os.environ["LETTERS_FOLDER"]))
    with capsys.disabled():
        for day, subject, _message in years.letters:
            print(f"day {day:>3}  {subject}")


def join_with_a_card_that_soon_expires(years, vera, session):
    soon = years.clock.now().replace(day=1)
    month, year = (soon.month + 2) % 12 + 1, soon.year + (soon.month + 2) // 12
    vera.choose("monthly", "1500")
    put_in_first(vera, CARD, expiry=f"{month:02} / {year % 100}")
    years.work()
    assert standing(session)[2] == 1
    assert years.subjects() == ["Receipt 1001"]


def the_card_expires_and_a_new_one_pays(years, vera, session):
    """Told a month before and when it is over; a new card pays at once what is owed."""
    years.until(lambda: "Your card is about to expire" in years.subjects())
    years.until(lambda: "Your card has expired" in years.subjects(), most=45)
    told = len(years.letters)
    years.until(lambda: standing(session)[0] is MembershipState.PAST_DUE, most=40)
    years.work()
    assert years.subjects(told) == ["Your payment did not go through"]
    assert "The card has expired. No money was taken." in _text(years)
    before = standing(session)[2]
    new_card(years, vera, CARD)
    assert standing(session) == (MembershipState.ACTIVE, 1500, before + 1)
    assert years.subjects()[-1].startswith("Receipt ")


def they_pause_and_go_on(years, vera, session):
    vera.see(years.link("pause"))
    vera.send(0, months="2")
    years.work()
    assert standing(session)[0] is MembershipState.PAUSED
    assert years.subjects()[-1] == "What you asked for is done"
    given = standing(session)[2]
    years.pass_days(55)
    assert standing(session)[2] == given
    years.until(lambda: standing(session)[2] == given + 1, most=45)
    assert standing(session)[0] is MembershipState.ACTIVE


def they_give_less(years, vera, session):
    given = standing(session)[2]
    vera.see(years.link("amount"))
    vera.send(0, amount="500")
    years.work()
    assert standing(session)[1] == 500
    years.until(lambda: standing(session)[2] == given + 1, most=40)
    assert "$5" in _text(years)


def payments_fail_and_recover(years, vera, session):
    """A card whose every payment fails; after the last notice another one puts it right."""
    new_card(years, vera, REFUSED)
    years.until(lambda: standing(session)[0] is MembershipState.PAST_DUE, most=40)
    years.work()
    assert years.subjects()[-1] == "Your payment did not go through"
    years.until(lambda: years.subjects()[-1] == "Your support is about to end", most=20)
    new_card(years, vera, CARD)
    assert standing(session)[0] is MembershipState.ACTIVE


def they_leave_and_nothing_is_taken_any_more(years, vera, session):
    subjects = years.subjects()
    newest = max(at for at, subject in enumerate(subjects) if subject.startswith("Receipt"))
    vera.see(years.link("cancel", newest))
    vera.send(0, when="now")
    years.work()
    assert standing(session)[0] is MembershipState.ENDED
    given, letters = standing(session)[2], len(years.letters)
    years.until(lambda: (years.clock.now() - years.started).days >= 730)
    assert standing(session)[2] == given
    assert years.subjects()[-1] == "Your support has ended"
    assert years.subjects(letters) == []
    assert sum(balances(session).values()) == 0


def test_a_member_whose_payments_fail_to_the_end_is_told_of_it_and_of_nothing_more(
    years, vera, session
):
    vera.choose("monthly", "1500")
    put_in_first(vera, REFUSED)
    years.work()
    years.until(lambda: standing(session)[0] is MembershipState.ENDED, most=60)
    years.work()
    assert years.subjects() == [
        "Receipt 1001",
        "Your payment did not go through",
        "Your support is about to end",
        "Your support has ended",
    ]
    letters = len(years.letters)
    years.pass_days(60)
    assert years.subjects(letters) == []
    assert standing(session)[2] == 1


def put_in_first(reader, number, expiry="12 / 40"):
    return reader.send(
        0,
        email="vera@reader.example",
        name="Vera Reader",
        method="card",
        card_number=number,
        expiry=expiry,
        cvc="123",
    )


def _text(years):
    return years.letters[-1][2].get_body(("plain",)).get_content()
