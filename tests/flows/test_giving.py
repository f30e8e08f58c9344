"""A reader gives, Stripe tells, the books agree: over real HTTP on both sides."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from donations.giving.models import Checkout, Gift, Membership, Receipt
from donations.inbox.models import StripeEvent
from donations.jobs.models import Job

IBAN = "DE89370400440532013000"


def rows(session, model):
    session.rollback()
    return session.scalars(select(model).order_by(model.__table__.c[0])).all()


def troubles(session):
    session.rollback()
    return [(job.kind, job.last_error) for job in rows(session, Job) if job.state != "done"]


def test_a_one_time_gift_is_paid_booked_thanked_and_receipted(live, reader, session):
    reader.choose("once", "5000")
    reader.pay()
    assert "/support/thanks/" in reader.page.url
    assert "no confirmation" in reader.text()
    live.settle()
    assert troubles(session) == []
    reader.see(reader.page.url.removeprefix(live.base_url))
    assert "Payment received" in reader.text()
    assert "$50" in reader.text()
    [gift] = rows(session, Gift)
    assert (gift.amount_minor, gift.currency, gift.frequency) == (5000, "usd", "once")
    assert gift.booked_at is not None
    assert live.books() == {
        ("stripe_balance", "usd"): 5000 - 175,
        ("fees", "usd"): 175,
        ("income", "usd"): -5000,
    }
    [letter] = live.outbox.messages
    assert letter["Subject"] == f"Receipt {rows(session, Receipt)[0].number}"
    assert letter["To"] == "reader@example.org"


@pytest.mark.parametrize(("frequency", "amount"), [("monthly", "1500"), ("annual", "10000")])
def test_a_membership_starts_and_renews_on_its_day(live, reader, session, frequency, amount):
    reader.choose(frequency, amount)
    reader.pay()
    live.settle()
    [membership] = rows(session, Membership)
    assert membership.state == "active"
    assert membership.supporter is not None
    for count in (2, 3):
        live.stripe.renew()
        live.settle()
        assert troubles(session) == []
        gifts = rows(session, Gift)
        assert len(gifts) == count
        assert {gift.membership_id for gift in gifts} == {membership.id}
    assert len(live.outbox.messages) == 3
    assert live.books()["income", "usd"] == -3 * int(amount)


def test_yen_have_no_decimals_anywhere(live, reader, session):
    reader.choose("once", "3000", currency="jpy")
    reader.pay()
    live.settle()
    [gift] = rows(session, Gift)
    assert (gift.amount_minor, gift.currency) == (3000, "jpy")
    assert live.books()["income", "jpy"] == -3000
    body = live.outbox.messages[0].get_body(("plain",)).get_content()
    assert "¥3,000" in body


def test_a_declined_card_charges_nothing_and_a_second_card_succeeds(live, reader, session):
    reader.choose("once", "2500")
    reader.pay(card="4000000000000002")
    assert "declined" in reader.text()
    live.settle()
    assert rows(session, Gift) == []
    reader.pay()
    live.settle()
    assert len(rows(session, Gift)) == 1


def test_three_d_secure_is_completed_before_money_counts(live, reader, session):
    reader.choose("monthly", "500")
    reader.pay(card="4000002760003184")
    live.settle()
    assert rows(session, Gift) == []
    reader.authenticate()
    live.settle()
    [gift] = rows(session, Gift)
    assert gift.frequency == "monthly"


def test_a_renewal_that_fails_puts_the_membership_behind_and_writes_once_per_try(
    live, reader, session
):
    reader.choose("monthly", "1000")
    reader.pay(card="4000000000000341")
    live.settle()
    live.stripe.renew()
    live.settle()
    [membership] = rows(session, Membership)
    assert membership.state == "past_due"
    assert membership.last_failure_code == "generic_decline"
    assert len(rows(session, Gift)) == 1
    letters = [str(letter["Subject"]) for letter in live.outbox.messages]
    assert len(letters) == 2, letters
    live.stripe.pass_days(40)
    live.settle()
    [membership] = rows(session, Membership)
    assert membership.state == "ended"
    assert membership.end_reason == "payment_failed"
    assert len(rows(session, Gift)) == 1


@pytest.mark.sandbox_only
def test_a_delayed_payment_is_pending_until_the_bank_has_spoken(live, reader, session):
    reader.choose("once", "2500", currency="eur")
    reader.pay(iban=IBAN)
    live.settle()
    thanks = reader.page.url.removeprefix(live.base_url)
    reader.see(thanks)
    assert "on its way" in reader.text()
    assert rows(session, Gift) == []
    [checkout] = rows(session, Checkout)
    assert checkout.state == "pending"
    live.stripe.bank_decides(paid=True)
    live.settle()
    reader.see(thanks)
    assert "Payment received" in reader.text()
    assert len(rows(session, Gift)) == 1


@pytest.mark.sandbox_only
def test_a_delayed_payment_that_fails_is_told_and_nothing_is_booked(live, reader, session):
    reader.choose("once", "2500", currency="eur")
    reader.pay(iban=IBAN)
    live.settle()
    live.stripe.bank_decides(paid=False)
    live.settle()
    reader.see(reader.page.url.removeprefix(live.base_url))
    assert "did not go through" in reader.text()
    assert live.books() == {}
    assert len(live.outbox.messages) == 2


def test_a_refund_goes_back_through_the_books(live, reader, session):
    reader.choose("once", "5000")
    reader.pay()
    live.settle()
    live.stripe.refund(2000)
    live.settle()
    books = live.books()
    assert books["refunds", "usd"] == 2000
    assert books["stripe_balance", "usd"] == 5000 - 175 - 2000
    assert sum(books.values()) == 0


def test_a_disputed_gift_loses_amount_and_fee_in_the_books(live, reader, session):
    reader.choose("once", "5000")
    reader.pay(card="4000000000000259")
    live.settle()
    books = live.books()
    assert books["disputes", "usd"] == 5000
    assert books["dispute_fees", "usd"] == 1500
    assert sum(books.values()) == 0


@pytest.mark.sandbox_only
def test_a_late_fee_is_booked_when_the_charge_is_updated(live, reader, session):
    live.stripe.late = False  # time passes only when this test says so
    live.sandbox.control("faults", {"late_balance_transaction": True})
    reader.choose("once", "5000")
    reader.pay()
    live.settle()
    [gift] = rows(session, Gift)
    assert gift.booked_at is None
    assert live.books() == {}
    live.sandbox.control("advance", {"seconds": 24 * 3600})
    live.settle()
    [gift] = rows(session, Gift)
    assert gift.booked_at is not None
    assert live.books()["fees", "usd"] == 175


@pytest.mark.sandbox_only
def test_duplicated_and_reversed_events_change_nothing(live, reader, session):
    live.sandbox.control("faults", {"duplicate": True, "reverse": True})
    reader.choose("monthly", "1500")
    reader.pay()
    live.settle()
    live.stripe.renew()
    live.settle()
    assert troubles(session) == []
    assert len(rows(session, Gift)) == 2
    assert len(rows(session, Membership)) == 1
    assert len(live.outbox.messages) == 2
    assert live.books()["income", "usd"] == -3000
    ids = [event.event_id for event in rows(session, StripeEvent)]
    assert len(ids) == len(set(ids))


@pytest.mark.sandbox_only
def test_events_that_never_come_are_fetched_within_the_hour(live, reader, session):
    live.sandbox.control("faults", {"drop": 1000})
    reader.choose("once", "5000")
    reader.pay()
    live.settle()
    assert rows(session, Gift) == []
    live.sandbox.control("faults", {"drop": 0})
    live.worker.tick()
    live.settle()
    assert len(rows(session, Gift)) == 1
    assert live.books()["fees", "usd"] == 175
    assert len(live.outbox.messages) == 1


@pytest.mark.sandbox_only
def test_stripe_down_keeps_the_choice_and_the_retry_opens_one_session(live, reader, session):
    live.sandbox.control(
        "faults", {"api_error": {"status": 503, "times": 1, "path": "/v1/checkout"}}
    )
    reader.see("/support")
    reader.send(reader._form_with("frequency"), frequency="once", amount_once="2500")
    reader.send(reader._form_with("attempt"))
    assert reader.page.status_code == 503
    assert "Nothing was charged" in reader.text()
    assert "$25" in reader.text()
    reader.send(reader._form_with("attempt"))
    assert "/c/pay/" in reader.page.url
    assert len(rows(session, Checkout)) == 1


@pytest.mark.sandbox_only
def test_the_same_attempt_twice_opens_the_same_page(live, reader, session):
    reader.see("/support")
    reader.send(reader._form_with("frequency"), frequency="once", amount_once="2500")
    review = reader.page
    reader.send(reader._form_with("attempt"))
    first = reader.page.url
    reader.page = review
    reader.send(reader._form_with("attempt"))
    assert reader.page.url == first
    assert len(rows(session, Checkout)) == 1
    assert live.sandbox.control("state")["counts"]["checkout.session"] == 1


def test_the_link_in_a_receipt_ends_a_membership_on_post_only(live, reader, session):
    reader.choose("monthly", "1500")
    reader.pay()
    live.settle()
    body = live.outbox.messages[0].get_body(("plain",)).get_content()
    link = next(word for word in body.split() if "/support/act/cancel/" in word)
    reader.see(link.removeprefix(live.base_url))
    live.settle()
    assert rows(session, Membership)[0].state == "active"
    reader.send(0)
    assert "Your support has ended" in reader.text()
    live.settle()
    assert troubles(session) == []
    assert rows(session, Membership)[0].state == "ended"


def test_a_russian_reader_reads_and_is_written_to_in_russian(live, session):
    from tests_support.live import Reader

    reader = Reader(live, "ru")
    reader.choose("monthly", "1500")
    reader.pay()
    live.settle()
    assert "/ru/support/thanks/" in reader.page.url
    assert live.outbox.messages[0]["Content-Language"] == "ru"
    reader.close()
