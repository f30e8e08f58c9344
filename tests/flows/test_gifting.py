"""A year given, redeemed, ended and gone on with; a group bought, filled and shrunk.

Through the application and the sandbox, with the money on its ordinary way.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support import gifting
from tests_support.counterparts import Simulated
from tests_support.live import Reader
from tests_support.years import Years

from donations.entitlements.gift_models import GiftMembership
from donations.entitlements.group_models import GroupSeat
from donations.entitlements.held import standing
from donations.entitlements.models import Entitlement
from donations.giving.models import Gift, Membership
from donations.jobs.models import Job
from donations.supporters.directory import find_by_email
from donations.supporters.sessions import open_session

pytestmark = pytest.mark.sandbox_only
BORIS, VERA = gifting.BORIS, gifting.VERA


@pytest.fixture
def years(environment, outbox, session):
    life = Years(environment, outbox, Simulated(environment["STRIPE_WEBHOOK_SECRET"]), step=10)
    life.live.sandbox.control("faults", {"automatic_updates": False})
    gifting.tier(session, life.clock.now())
    session.rollback()
    yield life
    life.live.stop()


@pytest.fixture
def people(years):
    """Browsers without a script, each a person's own."""
    opened = []

    def one():
        opened.append(Reader(years.live))
        return opened[-1]

    yield one
    for reader in opened:
        reader.close()


def order(reader, years, *, days=20, **changes):
    """From the page to the payment page, by way of the review."""
    zone = years.live.house.newsroom.zone
    day = (years.clock.now() + timedelta(days=days)).astimezone(zone).date()
    reader.see("/support/gift")
    reader.send(
        reader._form_with("tier"),
        **{
            "email": BORIS,
            "message": "Happy birthday!\n\nVera",
            "send_on": day.isoformat(),
            "language": "en",
            **changes,
        },
    )
    assert "Before you pay" in reader.text(), reader.text()
    reader.send(reader._form_with("attempt"))
    assert "/c/pay/" in reader.page.url, reader.page.url


def rows(session, model):
    session.rollback()
    session.expire_all()
    return session.scalars(select(model).order_by(model.id)).all()


def only(session):
    [gift] = rows(session, GiftMembership)
    return gift


def letter(years, subject):
    """The last letter of that subject: to whom, and its text."""
    found = [one[2] for one in years.letters if one[1] == subject]
    assert found, years.subjects()
    return found[-1]["To"], found[-1].get_body(("plain",)).get_content()


def path_in(text, start):
    return re.search(rf"http://[^/\s]+((?:/ru)?{start}\S*)", text)[1]


def has(session, master, years, email):
    """The tier somebody may use now, and why."""
    session.rollback()
    person = find_by_email(session, master, email)
    found = None if person is None else standing(session, person.id, years.clock.now())
    return None if found is None else (found.code, found.origin.value)


def troubles(session):
    return [(job.kind, job.last_error) for job in rows(session, Job) if job.state == "dead"]


def sign_in(reader, years, session, master, email):
    """Give the browser a session of its own, as the letter's link does."""
    person = find_by_email(session, master, email).id
    session.rollback()
    token = open_session(session, person, years.clock.now())
    session.commit()
    reader.http.cookies.set("account", token)


def test_a_year_is_bought_sent_on_its_day_redeemed_ended_and_gone_on_with(
    years, people, session, master
):
    vera, boris = people(), people()
    order(vera, years)
    vera.pay(email=VERA)
    assert "/support/thanks/" in vera.page.url
    years.work()
    it_is_paid_once_like_any_gift(years, session)
    it_waits_for_its_day_and_is_sent(years, session)
    boris_redeems_it_once(years, boris, session, master)
    the_end_is_announced_and_boris_goes_on(years, boris, session, master)
    assert troubles(session) == []


def it_is_paid_once_like_any_gift(years, session):
    [paid] = rows(session, Gift)
    assert (paid.amount_minor, paid.frequency, paid.membership_id) == (10000, "once", None)
    assert years.live.books()["income", "usd"] == -10000
    assert sorted(years.subjects()) == ["Receipt 1001", "Your present: the link"]
    assert {one[2]["To"] for one in years.letters} == {VERA}
    assert only(session).state == "paid"


def it_waits_for_its_day_and_is_sent(years, session):
    years.pass_days(10)
    assert only(session).state == "paid"
    years.until(lambda: only(session).state == "sent")
    assert (years.clock.now() - years.started).days <= 30
    to, text = letter(years, "A present for you")
    assert to == BORIS
    assert "> Happy birthday!" in text and VERA not in text


def boris_redeems_it_once(years, boris, session, master):
    link = path_in(letter(years, "A present for you")[1], "/support/gift/redeem/")
    boris.see(link)
    assert "A year for you" in boris.text()
    assert rows(session, Entitlement) == []
    boris.send(0, email=BORIS)
    assert "Your year has begun" in boris.text()
    years.work()
    to, text = letter(years, "The link you asked for")
    assert to == BORIS and "/account/sign-in/" in text
    assert has(session, master, years, BORIS) == ("friend", "gift")
    assert boris.see(link).status_code == 410
    assert only(session).state == "redeemed"


def the_end_is_announced_and_boris_goes_on(years, boris, session, master):
    years.until(lambda: any(one.startswith("Your year ends on") for one in years.subjects()))
    ends_at = rows(session, Entitlement)[0].ends_at
    assert timedelta(days=20) <= ends_at - years.clock.now() <= timedelta(days=30)
    to, text = letter(years, years.subjects()[-1])
    assert to == BORIS
    years.until(lambda: only(session).state == "ended")
    assert has(session, master, years, BORIS) is None
    boris.see(path_in(text, "/support"))
    form = boris._form_with("frequency")
    boris.send(form)  # everything is chosen already
    boris.send(boris._form_with("attempt"))
    boris.pay(email=BORIS)
    years.work()
    [membership] = rows(session, Membership)
    assert (membership.frequency, membership.amount_minor) == ("annual", 10000)
    years.pass_days(1)
    gift = only(session)
    assert (gift.state, gift.membership_id) == ("converted", membership.id)
    assert has(session, master, years, BORIS) == ("friend", "membership")
    assert gift.recipient_sealed is gift.message_sealed is gift.token_sealed is None


def test_events_told_twice_and_backwards_pay_for_one_year(years, people, session):
    years.live.sandbox.control("faults", {"duplicate": True, "reverse": True})
    vera = people()
    order(vera, years, email="")
    vera.pay(email=VERA)
    years.work()
    years.pass_days(1)
    assert only(session).state == "paid"
    assert len(rows(session, Gift)) == 1
    assert sorted(years.subjects()) == ["Receipt 1001", "Your present: the link"]
    assert troubles(session) == []


def test_a_refund_takes_the_year_with_it(years, people, session, master):
    vera, boris = people(), people()
    order(vera, years, days=0)
    vera.pay(email=VERA)
    years.work()
    link = path_in(letter(years, "A present for you")[1], "/support/gift/redeem/")
    boris.see(link)
    boris.send(0, email=BORIS)
    assert has(session, master, years, BORIS) == ("friend", "gift")
    years.live.stripe.refund(10000)
    years.work()
    assert only(session).state == "refunded"
    assert has(session, master, years, BORIS) is None
    assert [one.state for one in rows(session, Entitlement)] == ["revoked"]
    assert "payment for it went back" in boris.see(link).text
    assert sum(years.live.books().values()) == 0


def test_a_year_nobody_redeemed_is_over_after_its_year(years, people, session):
    vera = people()
    order(vera, years, email="")
    vera.pay(email=VERA)
    years.work()
    link = path_in(letter(years, "Your present: the link")[1], "/support/gift/redeem/")
    years.until(lambda: only(session).state == "expired")
    assert 360 <= (years.clock.now() - years.started).days <= 380
    assert vera.see(link).status_code == 410


def test_a_group_is_paid_with_the_next_payment_filled_and_shrinks_again(
    years, people, session, master
):
    vera, boris = people(), people()
    vera.choose("monthly", "1000")
    vera.pay(email=VERA)
    years.work()
    sign_in(vera, years, session, master, VERA)
    choose_seats(vera, years, 3)
    assert "1 seat is paid for" in vera.see("/account/group").text
    years.until(lambda: len(rows(session, Gift)) == 2)
    assert [gift.amount_minor for gift in rows(session, Gift)] == [1000, 3000]
    assert has(session, master, years, VERA) == ("friend", "membership")
    boris_takes_a_seat(years, vera, boris, session, master)
    choose_seats(vera, years, 1)
    assert has(session, master, years, BORIS) == ("friend", "seat")
    years.until(lambda: len(rows(session, Gift)) == 3)
    years.pass_days(1)
    assert rows(session, Gift)[-1].amount_minor == 1000
    assert rows(session, GroupSeat)[0].state == "ended"
    assert has(session, master, years, BORIS) is None
    assert has(session, master, years, VERA) == ("friend", "membership")
    assert troubles(session) == []


def choose_seats(vera, years, number):
    vera.see("/account/group")
    forms = vera.page.text.split("<form")
    at = next(n for n, form in enumerate(forms) if 'action="/account/group/seats"' in form)
    vera.send(at - 1, seats=str(number))
    assert vera.page.status_code == 200
    years.work()


def boris_takes_a_seat(years, vera, boris, session, master):
    sign_in(vera, years, session, master, VERA)
    vera.see("/account/group")
    assert "3 seats are paid for" in vera.text()
    vera.send(vera._form_with("email"), email=BORIS, language="en")
    years.work()
    to, text = letter(years, "An invitation for you")
    assert to == BORIS and VERA not in text
    boris.see(path_in(text, "/support/seat/"))
    boris.send(0)
    assert "The seat is yours" in boris.text()
    assert has(session, master, years, BORIS) == ("friend", "seat")
