"""Tiers and promos as the tests need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from donations.giving.gifts import record_gift
from donations.giving.memberships import follow
from donations.giving.models import Checkout, Membership
from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.tiers.editing import Sheet, Words, add_tier, edit_tier, move_tier
from donations.tiers.promos import Terms, Window, add_promo, move_promo
from donations.tiers.states import PromoState, TierState
from tests_support import stripe

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
READER = {"monthly": 500, "annual": 5000}
FRIEND = {"monthly": 1500, "annual": 15000}


def make_tier(
    session, code="reader", prices=READER, position=1, currency="usd", words=None, offer=True
):
    """A tier with these prices, offered unless `offer` is false; committed."""
    add_tier(session, code, now=AT)
    name = Words(code.capitalize(), f"The {code} line", (f"{code} letter", f"{code} talk"))
    sheet = Sheet(
        position,
        words or {"en": name},
        {(Frequency(each), currency): Money(minor, currency) for each, minor in prices.items()},
    )
    tier = edit_tier(session, code, sheet)
    return move_tier(session, code, TierState.OFFERED) if offer else tier


def reader_and_friend(session):
    """The two tiers of most tests."""
    return make_tier(session), make_tier(session, "friend", FRIEND, 2)


def set_price(session, code, frequency, minor, currency="usd"):
    """Another price for a tier."""
    from donations.tiers.editing import tier_named

    position = tier_named(session, code).position
    price = None if minor is None else Money(minor, currency)
    return edit_tier(session, code, Sheet(position, {}, {(Frequency(frequency), currency): price}))


def make_promo(
    session,
    code="spring",
    *,
    first=500,
    payments=3,
    then=1500,
    frequency="monthly",
    tier_id=None,
    most=None,
    begins=AT,
    ends=None,
    opened=True,
):
    """A promo, open unless `opened` is false; committed."""
    terms = Terms(Frequency(frequency), Money(first, "usd"), payments, Money(then, "usd"), tier_id)
    promo = add_promo(session, code, terms, Window(begins, ends, most), by="editor", now=AT)
    return move_promo(session, code, PromoState.OPEN) if opened else promo


class Member:
    """A membership that Stripe tells of: begun, changed, paid."""

    def __init__(
        self,
        session,
        master,
        now=AT,
        *,
        minor=500,
        frequency="monthly",
        promo="",
        name="abcdefghjkmn",
        email="vera@reader.example",
    ):
        self.session, self.master, self.name, self.now = session, master, name, now
        self.email, self.payments = email, 0
        self.stripe = stripe.subscription(
            name,
            id=f"sub_{name}",
            customer=f"cus_{name}",
            amount=Money(minor, "usd"),
            frequency=Frequency(frequency),
            renews_at=now + timedelta(days=30),
        )
        self.checkout = Checkout(
            public_id=name,
            attempt_key=name.encode().ljust(32, b"k"),
            frequency=frequency,
            amount_minor=minor,
            currency="usd",
            language="en",
            placement="support",
            promo=promo,
            state="paid",
            created_at=now,
        )
        session.add(self.checkout)
        session.flush()
        self.told()

    @property
    def row(self):
        index = self.master.index("subscription", self.stripe.id)
        found = select(Membership).where(Membership.subscription_index == index)
        return self.session.scalars(found).one()

    def told(self, later=timedelta(0), **changes):
        """Stripe says how the subscription is, some time later; committed."""
        self.now += later
        if "minor" in changes:
            changes["amount"] = Money(changes.pop("minor"), changes.pop("currency", "usd"))
        self.stripe = replace(self.stripe, **changes)
        row = follow(
            self.session,
            self.master,
            subscription=self.stripe,
            person=stripe.Person(self.email, "Vera", self.stripe.customer),
            checkout=self.checkout,
            asked_at=self.now,
            now=self.now,
        )
        self.session.commit()
        return row

    def pays(self, minor=None, later=timedelta(0), moved=True):
        """A payment is recorded, and booked if Stripe has booked it; committed."""
        self.now += later
        self.payments += 1
        amount = Money(minor or self.stripe.amount.minor, self.stripe.amount.currency)
        name = f"pi_{self.name}_{self.payments}"
        movement = replace(
            stripe.movement(f"txn_{name}", amount.minor, 0, amount.currency), created=self.now
        )
        gift = record_gift(
            self.session,
            self.master,
            payment=stripe.payment(
                name,
                amount=amount,
                charged_at=self.now,
                movement=movement if moved else None,
            ),
            person=stripe.Person(self.email, "Vera", self.stripe.customer),
            checkout=self.checkout,
            membership=self.row,
            now=self.now,
        )
        self.session.commit()
        return gift
