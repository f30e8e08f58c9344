import pytest
from sqlalchemy import select

from donations.giving.models import Checkout
from donations.web.public.thanks import PURPOSE

STATES = {
    "open": "no confirmation of your payment yet",
    "pending": "Your payment is on its way",
    "failed": "Your payment did not go through",
    "expired": "has expired",
    "paid": "Payment received",
}


@pytest.fixture
def checkout(app, session, clock):
    row = Checkout(
        public_id="abcdefghjkmn",
        attempt_key=b"k" * 32,
        frequency="once",
        amount_minor=5000,
        currency="usd",
        language="en",
        placement="support",
        state="open",
        created_at=clock.now(),
    )
    session.add(row)
    session.commit()
    return row


@pytest.fixture
def path(house, checkout):
    return f"/support/thanks/{house.signer.sign_lasting(PURPOSE, checkout.public_id)}"


@pytest.mark.parametrize("state", STATES)
def test_the_page_says_what_the_database_knows_and_nothing_more(
    client, session, checkout, path, state
):
    session.scalars(select(Checkout)).one().state = state
    session.commit()
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    for each, words in STATES.items():
        assert (words in page.text) is (each == state), each
    assert ("http-equiv" in page.text) is (state in {"open", "pending"})


def test_a_query_that_claims_success_convinces_nobody(client, path):
    assert "Payment received" not in client.get(f"{path}?state=paid&redirect_status=succeeded").text


def test_monthly_is_offered_after_a_paid_gift_with_the_warning(client, session, checkout, path):
    assert "Would you like to stay" not in client.get(path).text
    session.scalars(select(Checkout)).one().state = "paid"
    session.commit()
    page = client.get(path).text
    assert "Give $5 monthly" in page
    assert 'class="warning"' in page


def test_who_gave_once_may_ask_to_be_asked_again_after_a_long_while(
    client, session, checkout, path
):
    session.scalars(select(Checkout)).one().state = "paid"
    session.commit()
    page = client.get(path).text
    assert "We can write to you then." in page
    assert 'name="stage" value="after"' in page
    row = page[page.index('<div class="chips">') : page.index('<details class="further"')]
    for label in ("In 3 months", "In 6 months", "In 9 months", "Every year"):
        assert label in row
    assert "December" not in row


def test_who_gives_monthly_or_waits_for_the_bank_is_not_asked_when_to_be_reminded(
    client, session, checkout, path
):
    for frequency, state in (("monthly", "paid"), ("once", "pending")):
        row = session.scalars(select(Checkout)).one()
        row.frequency, row.state = frequency, state
        session.commit()
        assert 'class="remind"' not in client.get(path).text


def test_a_failed_payment_leaves_the_reminder_of_somebody_who_has_not_given(
    client, session, checkout, path
):
    session.scalars(select(Checkout)).one().state = "failed"
    session.commit()
    assert 'name="stage" value="before"' in client.get(path).text


def test_monthly_is_not_offered_to_one_who_gives_monthly(client, session, checkout, path):
    row = session.scalars(select(Checkout)).one()
    row.state, row.frequency = "paid", "monthly"
    session.commit()
    assert "Would you like to stay" not in client.get(path).text


def test_the_link_is_over_after_ninety_days(client, clock, path):
    from datetime import timedelta

    clock.advance(timedelta(days=91))
    assert client.get(path).status_code == 404


def test_a_token_for_another_purpose_opens_nothing(client, house, checkout):
    token = house.signer.sign_lasting("membership-cancel", checkout.public_id)
    assert client.get(f"/support/thanks/{token}").status_code == 404
