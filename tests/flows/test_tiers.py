"""Tiers and a promo lived through: what is taken, told, put off and held, to the cent and day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from tests_support.counterparts import Simulated
from tests_support.live import Reader
from tests_support.tiers import make_promo, reader_and_friend
from tests_support.years import Years

from donations.entitlements.held import standing
from donations.entitlements.models import Entitlement
from donations.giving.models import Gift, Membership
from donations.jobs.models import Job
from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.ledger.models import Posting
from donations.self_service import asking
from donations.self_service.models import MembershipOrder
from donations.self_service.promo_models import PromoTerm
from donations.tiers.deciding import WorthKind, decide_worth

pytestmark = pytest.mark.sandbox_only
TERMS = "$5 a month for 3 months, then $15 a month until you end it"


class Story:
    """Somebody's support over some months, and what can be read of it."""

    def __init__(self, years, session):
        self.years, self.session = years, session
        self.reader = Reader(years.live)

    @property
    def now(self):
        return self.years.clock.now()

    @property
    def member(self):
        self.session.rollback()
        self.session.expire_all()
        return self.session.scalars(select(Membership)).one()

    @property
    def given(self):
        self.session.rollback()
        found = select(Gift.amount_minor).order_by(Gift.received_at, Gift.id)
        return self.session.scalars(found).all()

    @property
    def held(self):
        member = self.member
        found = standing(self.session, member.supporter_id, self.now)
        return None if found is None else found.code

    def begin(self, amount, link="/support", **more):
        self.reader.see(link)
        self.reader.send(
            self.reader._form_with("frequency"), frequency="monthly", amount_monthly=amount, **more
        )
        page = self.reader.text()
        self.reader.send(self.reader._form_with("attempt"))
        self.reader.pay()
        self.years.work()
        return page

    def ask(self, amount):
        self.session.rollback()
        prices = self.years.live.house.price_list
        wanted = Money(amount, "usd")
        name = self.member.public_id
        asking.change_amount(self.session, name, wanted, prices=prices, via="account", now=self.now)
        self.years.work()

    def paid(self, times):
        self.years.until(lambda: len(self.given) >= times)

    def nothing_died(self):
        self.session.rollback()
        assert self.session.scalars(select(Job.last_error).where(Job.state == "dead")).all() == []


@pytest.fixture
def story(environment, outbox, session):
    stripe = Simulated(environment["STRIPE_WEBHOOK_SECRET"])
    years = Years(environment, outbox, stripe)
    told = Story(years, session)
    yield told
    told.reader.close()
    years.live.stop()


def test_a_promo_is_paid_three_times_told_of_in_time_and_raised_once(story):
    session = story.session
    _, friend = reader_and_friend(session)
    make_promo(session, tier_id=friend.id, begins=story.now - timedelta(days=1))
    assert TERMS in story.begin("promo", "/support?promo=spring")
    assert story.held == "friend"
    story.paid(3)
    [(day, subject, letter)] = [one for one in story.years.letters if "changes" in one[1]]
    story.paid(4)
    assert story.given == [500, 500, 500, 1500]
    raised_on = (story.now - story.years.started).days
    assert raised_on - day >= 14
    assert "$15" in letter.get_body(("plain",)).get_content()
    story.paid(6)
    assert story.given == [500, 500, 500, 1500, 1500, 1500]
    session.expire_all()
    assert session.scalars(select(PromoTerm)).one().state == "raised"
    assert [one.via for one in session.scalars(select(MembershipOrder))] == ["promo"]
    others = [one for one in story.years.subjects() if not one.startswith("Receipt ")]
    assert others == [subject]  # nothing else is written about it
    assert session.scalars(select(Entitlement.state)).all() == ["active"]
    story.nothing_died()


def test_a_member_who_chooses_another_amount_is_never_raised(story):
    reader_and_friend(story.session)
    make_promo(story.session, payments=2, begins=story.now - timedelta(days=1))
    story.begin("promo", "/support?promo=spring")
    story.ask(700)
    story.paid(4)
    assert story.given == [500, 700, 700, 700]
    assert story.session.scalars(select(PromoTerm.state)).one() == "dropped"
    story.nothing_died()


def test_a_member_moves_up_and_down_with_their_payments_and_keeps_what_is_paid(story):
    reader_and_friend(story.session)
    story.begin("500")
    assert story.held == "reader"
    story.ask(1500)
    assert story.held == "reader"  # from the next payment on
    story.paid(2)
    assert story.held == "friend"
    story.ask(200)
    assert story.held == "friend"
    story.paid(3)
    assert story.held is None
    assert story.given == [500, 1500, 200]
    story.nothing_died()


def test_an_end_leaves_the_tier_until_the_time_paid_is_over(story):
    reader_and_friend(story.session)
    story.begin("500")
    asking.cancel(story.session, story.member.public_id, via="account", now=story.now)
    story.years.work()
    assert story.member.state == "ended"
    assert story.held == "reader"
    story.years.pass_days(36)
    assert story.held is None
    assert story.session.scalars(select(Entitlement.ended_because)).all() == ["over"]
    story.nothing_died()


def test_what_finance_decides_of_a_tier_is_what_the_books_put_off(story):
    session = story.session
    reader, _ = reader_and_friend(session)
    day = story.now.date()
    for after, kind, minor in ((2, WorthKind.GIFT, 120), (40, WorthKind.MEMBERSHIP, 0)):
        decide_worth(
            session,
            reader.id,
            Frequency.MONTHLY,
            kind,
            Money(minor, "usd"),
            date.fromordinal(day.toordinal() + after),
            by="finance",
            now=story.now,
        )
    story.begin("500")
    deferred = select(func.sum(Posting.amount_minor)).where(Posting.account == "deferred")

    def put_off():
        session.rollback()
        return -(session.scalar(deferred) or 0)

    seen = [put_off()]
    for times in (2, 3):
        story.paid(times)
        seen.append(put_off())
    assert seen == [0, 120, 620]
    assert session.scalar(select(func.sum(Posting.amount_minor))) == 0
    story.nothing_died()
