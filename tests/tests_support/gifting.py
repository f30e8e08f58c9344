"""Tiers, gift memberships and groups as the tests need them; and their work, where it is missing."""

from __future__ import annotations

from donations.entitlements import duties
from donations.entitlements.gift_models import GiftMembership
from donations.entitlements.gift_words import token_of
from donations.entitlements.gifting import GiftWish, note_paid, order_gift
from donations.giving.models import Checkout, Gift, Refund
from donations.jobs.models import Job
from donations.kernel.database import begin_write
from donations.supporters.directory import recognise
from donations.tiers.models import Tier, TierPrice, TierWords

VERA = "vera@reader.example"
BORIS = "boris@reader.example"


def tier(session, now, code="friend", *, monthly=1000, annual=10000, position=1, state="offered"):
    """A tier with its words and prices in dollars, committed."""
    row = Tier(code=code, state=state, position=position, created_at=now)
    row.words = [
        TierWords(language="en", name=code.capitalize(), line="A line", benefits="One\nTwo"),
        TierWords(language="ru", name="Друг", line="Строка", benefits="Раз"),
    ]
    row.prices = [
        TierPrice(frequency=frequency, currency="usd", amount_minor=minor)
        for frequency, minor in (("monthly", monthly), ("annual", annual))
        if minor
    ]
    session.add(row)
    session.commit()
    return row


def checkout(session, now, name, minor=10000):
    """An open checkout of one payment, committed."""
    row = Checkout(
        public_id=name,
        attempt_key=name.encode().ljust(32, b"g"),
        frequency="once",
        amount_minor=minor,
        currency="usd",
        language="en",
        placement="gift",
        state="open",
        created_at=now,
    )
    session.add(row)
    session.commit()
    return row


def order(session, master, now, name="giftgiftgift", **wish):
    """A gift membership that was ordered: the row."""
    found = session.query(Tier).order_by(Tier.id).first() or tier(session, now)
    number = found.id
    checkout(session, now, name)
    chosen = {"language": "en", "recipient": BORIS, "message": "Happy birthday!", **wish}
    return order_gift(session, master, name, GiftWish(number, **chosen), now=now)


def payment(session, master, gift, now, *, email=VERA):
    """The gift of the checkout, as the inbox records it; committed, and told to nobody."""
    begin_write(session)
    buyer = recognise(
        session, master, email=email, name=None, customer=None, language="en", now=now
    )
    bought = session.get_one(Checkout, gift.checkout_id)
    bought.state = "paid"
    row = Gift(
        public_id=f"p{bought.public_id}"[:20],
        supporter_id=buyer.id,
        checkout_id=bought.id,
        frequency="once",
        amount_minor=bought.amount_minor,
        currency="usd",
        language="en",
        method="card",
        payment_sealed=b"x",
        payment_index=bought.public_id.encode().ljust(32, b"p"),
        received_at=now,
    )
    session.add(row)
    session.commit()
    return row


def buy(session, master, now, name="giftgiftgift", **wish):
    """A gift membership that is paid: the row."""
    gift = order(session, master, now, name, **wish)
    paid = payment(session, master, gift, now)
    begin_write(session)
    note_paid(session, session.get_one(Gift, paid.id), now=now)
    session.commit()
    return gift


def refund(session, paid, now, minor=None, state="succeeded"):
    """Money of a payment that goes back; committed."""
    count = session.query(Refund).count()
    row = Refund(
        gift_id=paid.id,
        refund_sealed=b"x",
        refund_index=f"refund{count}".encode().ljust(32, b"r"),
        amount_minor=minor or paid.amount_minor,
        currency=paid.currency,
        state=state,
        created_at=now,
        synced_at=now,
    )
    session.add(row)
    session.commit()
    return row


def run(worker_of, session, kind, now):
    """Do every waiting job of a kind with its handler, as a worker does; how many."""
    session.rollback()
    rows = session.query(Job).filter_by(kind=kind, state="ready").order_by(Job.id).all()
    work = [(row.id, dict(row.arguments)) for row in rows if row.run_at <= now]
    session.rollback()
    for number, arguments in work:
        worker_of[kind](session, arguments, now)
        job = session.get_one(Job, number)
        job.state = "done"
        session.commit()
    return len(work)


def work_of(house):
    """The handlers of the house's gift memberships and groups."""
    return duties.handlers(house.master, house.postbox, house.newsroom, house.base_url)


def link_of(master, gift):
    """The token of a gift's link."""
    return token_of(master, gift)


def gifts(session):
    """Every gift membership, as the database has it now."""
    session.rollback()
    session.expire_all()
    return session.query(GiftMembership).order_by(GiftMembership.id).all()
