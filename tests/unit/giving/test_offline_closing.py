import threading
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as given_any
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from tests_support import stripe

from donations.giving.funds import add_fund, close_fund
from donations.giving.gifts import record_gift
from donations.giving.models import Checkout, Gift, Receipt
from donations.giving.offline import Expected, expect_otherwise, open_batch
from donations.giving.offline_closing import close_batch, take_back, taken_back
from donations.giving.offline_items import Given, add_item, correct_item, givers, remove_item
from donations.giving.offline_models import OfflineBatch, OfflineItem
from donations.jobs.models import Job
from donations.kernel.database import begin_write
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.money import Money
from donations.ledger.books import balances, hold
from donations.ledger.days import days_that_differ
from donations.ledger.models import Books, Entry, Posting
from donations.supporters.directory import Identity, find_by_email, identity

TODAY = date(2026, 11, 24)
MAILBOX = "vera@reader.example"


@pytest.fixture
def batch(session, master, clock):
    """Opens a batch of amounts that expects just them; (name, ids of the items)."""

    def made(*amounts, currency="usd", method="cheque", on=TODAY, email=None, fund="", name=None):
        what = Expected(method, len(amounts), Money(sum(amounts), currency), None, on)
        opened = open_batch(session, what, by="vera", now=clock.now()).public_id
        ids = [
            add_item(
                session,
                master,
                opened,
                Given(Money(minor, currency), fund, "47", "ru", email, name),
            ).id
            for minor in amounts
        ]
        return opened, ids

    return made


@pytest.fixture
def close(session, master, clock):
    return lambda name, own=None: close_batch(
        own or session, master, name, by="boss", now=clock.now()
    )


def gifts(session):
    session.rollback()
    return session.scalars(select(Gift).order_by(Gift.id)).all()


def numbers(session):
    session.rollback()
    return sorted(session.scalars(select(Receipt.number)))


def test_closing_makes_gifts_receipts_and_entries(session, master, batch, close):
    name, _ = batch(5000, 2500, email=MAILBOX, name="Vera R")
    assert close(name)
    first, second = gifts(session)
    assert (first.amount_minor, first.frequency, first.method) == (5000, "once", "cheque")
    assert (first.checkout_id, first.payment_index, first.membership_id) == (None, None, None)
    assert first.received_at == datetime(2026, 11, 24, 11, tzinfo=UTC)  # noon in Amsterdam
    assert first.booked_at is not None
    assert first.supporter_id == second.supporter_id
    assert numbers(session) == [1001, 1002]
    assert balances(session) == {("undeposited", "usd"): 7500, ("income", "usd"): -7500}
    entries = session.scalars(select(Entry).order_by(Entry.number)).all()
    assert [entry.source for entry in entries] == [
        f"offline:{each.public_id}" for each in gifts(session)
    ]
    for entry in session.scalars(select(Entry)):
        assert (entry.kind, entry.frequency, entry.campaign) == ("gift", "once", "offline")
        assert (entry.method, entry.posted_on) == ("cheque", TODAY)
    jobs = session.scalars(select(Job)).all()
    assert sorted(job.key for job in jobs) == sorted(
        f"receipt:{g.public_id}" for g in gifts(session)
    )
    row = session.scalars(select(OfflineBatch)).one()
    assert row.closed_by == "boss"
    assert days_that_differ(session) == []


def test_whoever_gave_becomes_a_supporter_and_nothing_stays_sealed_with_the_item(
    session, master, batch, close
):
    name, ids = batch(5000, email=MAILBOX, name="Vera R")
    close(name)
    supporter = find_by_email(session, master, MAILBOX)
    assert identity(session, master, supporter) == Identity(MAILBOX, "Vera R")
    assert gifts(session)[0].supporter_id == supporter.id
    assert givers(session, master, name) == {ids[0]: Identity(None, None)}
    [item] = session.scalars(select(OfflineItem)).all()
    assert (item.email_sealed, item.name_sealed) == (None, None)
    assert item.gift_id == gifts(session)[0].id


def test_a_gift_of_nobody_known_has_a_receipt_and_no_letter(session, batch, close):
    name, _ = batch(5000, name="Only A Name")
    close(name)
    assert gifts(session)[0].supporter_id is None
    assert gifts(session)[0].language == "ru"
    assert numbers(session) == [1001]
    assert session.scalars(select(Job)).all() == []


def test_money_of_a_fund_is_income_of_that_fund(session, batch, close):
    add_fund(session, "prizes", "Prizes", restricted=True, on=TODAY)
    name, _ = batch(5000, fund="prizes")
    close(name)
    assert gifts(session)[0].fund == "prizes"
    funds = {line.account: line.fund for line in session.scalars(select(Posting))}
    assert funds == {"undeposited": "", "income": "prizes"}


@pytest.mark.parametrize(
    ("change", "items", "total"),
    [
        (Expected("cheque", 3, Money(7500, "usd"), None, TODAY), -1, 0),
        (Expected("cheque", 2, Money(7501, "usd"), None, TODAY), 0, -1),
        (Expected("cheque", 1, Money(5000, "usd"), None, TODAY), 1, 2500),
    ],
)
def test_a_batch_that_does_not_agree_stays_open_and_names_the_difference(
    session, batch, close, clock, change, items, total
):
    name, _ = batch(5000, 2500)
    expect_otherwise(session, name, change, now=clock.now())
    with pytest.raises(FieldRefused) as refused:
        close(name)
    assert refused.value.reason == "differs"
    assert refused.value.facts == {"items": items, "total": Money(total, "usd")}
    assert gifts(session) == []
    assert balances(session) == {}
    assert session.scalars(select(OfflineBatch)).one().closed_at is None


def test_a_closed_batch_never_changes(session, master, batch, close, clock):
    name, [item, _] = batch(5000, 2500)
    close(name)
    something = Given(Money(1, "usd"), "", None, "en")
    for change in (
        lambda: add_item(session, master, name, something),
        lambda: correct_item(session, master, name, item, something),
        lambda: remove_item(session, name, item),
        lambda: expect_otherwise(
            session,
            name,
            Expected("cash", 1, Money(1, "usd"), None, TODAY),
            now=clock.now(),
        ),
    ):
        with pytest.raises(FieldRefused) as refused:
            change()
        assert refused.value.reason == "closed"
    assert len(gifts(session)) == 2


def test_closing_twice_closes_once(session, batch, close):
    name, _ = batch(5000, 2500)
    assert close(name)
    assert not close(name)
    assert numbers(session) == [1001, 1002]
    with pytest.raises(NotFound):
        close("nobody")


def test_clicks_at_once_close_once_and_receipts_have_no_gap(
    session, sessions, master, batch, close, clock
):
    names = [batch(100, 200, 300, email=f"r{number}@reader.example")[0] for number in range(2)]
    session.add(
        Checkout(
            public_id="abcdefghjkmn",
            attempt_key=b"k" * 32,
            frequency="once",
            amount_minor=5000,
            currency="usd",
            language="en",
            placement="support",
            created_at=clock.now(),
        )
    )
    session.commit()
    done = []

    def click(name):
        with sessions() as own:
            done.append(close(name, own))

    def pay(name):
        for _ in range(10):  # as the worker comes back to a job that failed
            with sessions() as own:
                try:
                    begin_write(own)
                    hold(own)
                    record_gift(
                        own,
                        master,
                        payment=stripe.payment(name),
                        person=stripe.Person("r1@reader.example", None, None),
                        checkout=own.scalars(select(Checkout)).one(),
                        membership=None,
                        now=clock.now(),
                    )
                    own.commit()
                except SQLAlchemyError:
                    continue
                return

    threads = [threading.Thread(target=click, args=(name,)) for name in names * 3]
    threads += [threading.Thread(target=pay, args=(f"pi_{number}",)) for number in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(done) == [False] * 4 + [True] * 2
    assert len(gifts(session)) == 9
    assert numbers(session) == list(range(1001, 1010))
    assert balances(session)["undeposited", "usd"] == 1200


def test_a_batch_banked_in_a_closed_month_is_posted_to_the_open_one(session, batch, close):
    name, _ = batch(5000, on=date(2026, 10, 30))
    session.execute(update(Books).values(closed_through=date(2026, 10, 31)))
    session.commit()
    close(name)
    entry = session.scalars(select(Entry)).one()
    assert entry.posted_on == date(2026, 11, 1)
    assert gifts(session)[0].received_at.date() == date(2026, 10, 30)


def test_a_fund_closed_meanwhile_holds_the_batch_up_and_names_the_item(session, batch, close):
    add_fund(session, "prizes", "Prizes", restricted=True, on=TODAY)
    name, _ = batch(5000, 2500, fund="prizes")
    close_fund(session, "prizes", on=TODAY)
    with pytest.raises(FieldRefused) as refused:
        close(name)
    assert (refused.value.reason, refused.value.facts) == ("item_of_closed_fund", {"number": 1})
    assert gifts(session) == []


def test_a_gift_taken_back_keeps_its_number_and_leaves_the_books_as_before(
    session, batch, close, clock
):
    name, _ = batch(5000, 2500)
    close(name)
    wrong = gifts(session)[0].public_id

    def back():
        return take_back(session, wrong, memo="Cheque bounced", by="boss", now=clock.now())

    assert back()
    assert not back()
    assert balances(session) == {("undeposited", "usd"): 2500, ("income", "usd"): -2500}
    entry = session.scalars(select(Entry).where(Entry.kind == "reversal")).one()
    assert entry.memo == "Cheque bounced (boss)"
    assert numbers(session) == [1001, 1002]
    marked = session.scalars(select(Gift.public_id).where(taken_back())).all()
    assert marked == [wrong]


def test_only_an_offline_gift_is_taken_back_here_and_with_a_reason(session, batch, close, clock):
    name, _ = batch(5000)
    close(name)
    with pytest.raises(FieldRefused):
        take_back(session, gifts(session)[0].public_id, memo=" ", by="boss", now=clock.now())
    with pytest.raises(NotFound):
        take_back(session, "nobody", memo="Why", by="boss", now=clock.now())
    assert balances(session)["undeposited", "usd"] == 5000


@settings(deadline=None, max_examples=12, suppress_health_check=list(HealthCheck))
@given_any(
    amounts=st.lists(st.integers(1, 10**11), min_size=1, max_size=8),
    currency=st.sampled_from(["usd", "jpy", "eur"]),
    method=st.sampled_from(["cheque", "bank_transfer", "cash"]),
)
def test_the_books_of_a_batch_are_its_items(session, batch, close, amounts, currency, method):
    session.rollback()
    before = balances(session)
    name, _ = batch(*amounts, currency=currency, method=method)
    close(name)
    after = balances(session)
    moved = {key: after[key] - before.get(key, 0) for key in after}
    assert {key: minor for key, minor in moved.items() if minor} == {
        ("undeposited", currency): sum(amounts),
        ("income", currency): -sum(amounts),
    }
    made = session.scalars(
        select(Gift.amount_minor)
        .join(OfflineBatch)
        .where(OfflineBatch.public_id == name)
        .order_by(Gift.id)
    ).all()
    assert made == amounts
    assert days_that_differ(session) == []
