"""Two years of one member: the card expires, payments fail, they pause, give less, and leave."""

from __future__ import annotations

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
    soon = years.clock.now().replace(day=1)
    month, year = (soon.month + 2) % 12 + 1, soon.year + (soon.month + 2) // 12
    vera.choose("monthly", "1500")
    vera.send(
        0,
        email="vera@reader.example",
        name="Vera Reader",
        method="card",
        card_number=CARD,
        expiry=f"{month:02} / {year % 100}",
        cvc="123",
    )
    years.work()
    assert standing(session)[2] == 1
    assert years.subjects() == ["Receipt 1001"]

    # The card expires; the member is told a month before and when it is over.
    years.until(lambda: "Your card is about to expire" in years.subjects())
    years.until(lambda: "Your card has expired" in years.subjects(), most=45)
    told = len(years.letters)

    # The renewal fails for it, and a new card pays what is owed at once.
    years.until(lambda: standing(session)[0] is MembershipState.PAST_DUE, most=40)
    years.work()
    assert years.subjects(told) == ["Your payment did not go through"]
    assert "The card has expired. No money was taken." in _text(years)
    before = standing(session)[2]
    new_card(years, vera, CARD)
    assert standing(session) == (MembershipState.ACTIVE, 1500, before + 1)
    assert years.subjects()[-1].startswith("Receipt ")

    # A pause of two months, by the link of the receipt.
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

    # A smaller amount from the next payment on.
    vera.see(years.link("amount"))
    vera.send(0, amount="500")
    years.work()
    assert standing(session)[1] == 500
    years.until(lambda: standing(session)[2] == given + 2, most=40)
    assert "$5" in _text(years)

    # A card whose every payment fails, from the next on; and a recovery after some tries.
    new_card(years, vera, REFUSED)
    years.until(lambda: standing(session)[0] is MembershipState.PAST_DUE, most=40)
    years.work()
    assert years.subjects()[-1] == "Your payment did not go through"
    years.until(lambda: years.subjects()[-1] == "Your support is about to end", most=20)
    new_card(years, vera, CARD)
    assert standing(session)[0] is MembershipState.ACTIVE

    # A year is over; later the member leaves, and nothing is taken any more.
    years.until(lambda: "A year of your support" in years.subjects())
    assert (years.clock.now() - years.started).days < 370
    years.until(lambda: (years.clock.now() - years.started).days >= 600, most=400)
    receipt = next(
        at for at in range(len(years.letters) - 1, 0, -1) if "Receipt" in years.letters[at][1]
    )
    vera.see(years.link("cancel", receipt))
    vera.send(0, when="now")
    years.work()
    assert standing(session)[0] is MembershipState.ENDED
    at_the_end, letters = standing(session)[2], len(years.letters)
    years.until(lambda: (years.clock.now() - years.started).days >= 730, most=200)
    assert standing(session)[2] == at_the_end
    assert years.subjects()[-1] == "Your support has ended"
    assert years.subjects(letters) == []
    assert sum(balances(session).values()) == 0
    with capsys.disabled():
        for day, subject, _message in years.letters:
            print(f"day {day:>3}  {subject}")


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


def put_in_first(reader, number):
    return reader.send(
        0,
        email="vera@reader.example",
        name="Vera Reader",
        method="card",
        card_number=number,
        expiry="12 / 40",
        cvc="123",
    )


def _text(years):
    return years.letters[-1][2].get_body(("plain",)).get_content()
