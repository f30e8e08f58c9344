"""Ending a regular payment without signing in: two steps, one answer, acknowledged."""

import pytest
from sqlalchemy import select

from donations.giving.models import Gift, Membership, Receipt
from donations.jobs.models import Job
from donations.self_service.withdrawal_models import EndingReason, Withdrawal
from donations.self_service.withdrawing import TRIES_A_DAY

EMAIL = "vera@reader.example"


@pytest.fixture
def receipt(session, joined, clock):
    """The number of a member's receipt."""
    joined()
    membership = session.scalars(select(Membership)).one()
    gift = Gift(
        public_id="gift00000001",
        supporter_id=membership.supporter_id,
        checkout_id=membership.checkout_id,
        membership_id=membership.id,
        frequency="monthly",
        amount_minor=1500,
        currency="usd",
        language="en",
        method="card",
        payment_sealed=b"x",
        payment_index=b"p" * 32,
        received_at=clock.now(),
    )
    session.add(gift)
    session.flush()
    session.add(Receipt(number=4821, gift_id=gift.id, issued_at=clock.now()))
    session.commit()
    return 4821


def find(client, email=EMAIL, number="4821", by="number"):
    return client.post("/cancel", data={"email": email, "number": number, "by": by})


def ended(session):
    session.rollback()
    return session.scalars(select(Membership.cancel_asked_at)).one() is not None


@pytest.mark.parametrize("number", ["4821", " № 4821 ", "#4821"])
def test_an_address_and_a_receipt_end_it_in_two_steps_with_a_letter(
    client, session, receipt, number
):
    assert "/cancel" in client.get("/").text
    first = find(client, email=" VERA@reader.example ", number=number)
    assert first.status_code == 303
    assert "reader.example" not in first.location
    second = client.get(first.location)
    assert "Confirm: end it" in second.text
    assert not ended(session)
    for _ in range(2):
        done = client.post(first.location)
        assert "about receipt 4821" in done.text
    assert ended(session)
    assert session.scalars(select(Withdrawal.receipt_number)).all() == [4821]
    assert len(session.scalars(select(Job).where(Job.kind == "withdrawal")).all()) == 1


@pytest.mark.parametrize(
    ("email", "number"),
    [(EMAIL, "4822"), ("other@reader.example", "4821"), ("other@reader.example", "1")],
)
def test_a_wrong_pair_has_one_answer_whatever_is_wrong(client, session, receipt, email, number):
    page = find(client, email, number)
    assert page.status_code == 422
    assert "We found no regular support with this address and this number." in page.text
    assert f'value="{email}"' in page.text
    assert not ended(session)


def test_numbers_cannot_be_tried_through(client, receipt):
    for number in range(TRIES_A_DAY):
        assert find(client, number=str(number)).status_code == 422
    assert find(client).status_code == 422  # the right one comes too late today
    assert find(client, email="other@reader.example").status_code == 422


def test_tries_are_counted_by_the_day(client, receipt, clock):
    from datetime import timedelta

    for number in range(TRIES_A_DAY + 1):
        find(client, number=str(number))
    clock.advance(timedelta(days=1))
    assert find(client).status_code == 303


@pytest.mark.parametrize(("email", "number"), [("nobody", "4821"), (EMAIL, "48 21"), (EMAIL, "")])
def test_what_is_mistyped_is_said_at_the_field(client, receipt, email, number):
    page = find(client, email, number)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text


def test_without_a_receipt_a_letter_is_promised_to_any_address_alike(client, session, receipt):
    answers = {find(client, email=each, by="letter").text for each in (EMAIL, "x@reader.example")}
    assert len(answers) == 1
    jobs = session.scalars(select(Job).where(Job.kind == "cancel_link")).all()
    assert len(jobs) == 2
    assert "reader.example" not in str([job.arguments for job in jobs])


def test_why_is_asked_only_afterwards_and_kept_as_one_word(client, session, receipt):
    first = find(client)
    assert 'name="reason"' not in client.get(first.location).text
    page = client.post(first.location).text
    action = page.split('class="why" method="post" action="')[1].split('"')[0]
    assert "That helps us" in client.post(action, data={"reason": "money"}).text
    assert "You need not say why." in client.post(action, data={"reason": "<script>"}).text
    assert client.post(action + "x", data={"reason": "money"}).status_code == 404
    session.rollback()
    assert session.scalars(select(EndingReason.reason)).all() == ["money"]
