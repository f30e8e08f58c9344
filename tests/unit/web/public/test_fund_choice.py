"""A link names a fund; the reader sees it at every step, and the database has the last word."""

import re
from datetime import date

import pytest
from sqlalchemy import select
from tests_support.stripe import FakeGateway

from donations.giving.funds import add_fund, close_fund
from donations.giving.models import Checkout
from donations.stripe_gateway.errors import StripeUnavailable

DAY = date(2026, 11, 24)
LINE = "Your gift goes to: Deep &amp; &lt;wide&gt;"
HOSTILE = [
    "nobody",
    "<script>alert(1)</script>",
    "' OR '1'='1",
    "x" * 5000,
    "%00",
    "deep%0d%0aX: y",
]


@pytest.fixture
def fund(session):
    add_fund(session, "deep", "Deep & <wide>", restricted=True, on=DAY)
    return "deep"


@pytest.fixture
def gateway(app):
    fake = FakeGateway()
    app.extensions["till"]._gateway = fake
    return fake


def send(client, **fields):
    known = {"frequency": "monthly", "currency": "usd", "amount_monthly": "1500"}
    return client.post("/support/checkout", data={**known, **fields})


def checkouts(session):
    session.rollback()
    return session.scalars(select(Checkout).order_by(Checkout.id)).all()


@pytest.mark.parametrize("language", ["", "/ru"])
def test_a_link_names_the_fund_and_the_form_carries_it(client, fund, language):
    page = client.get(f"{language}/support?fund=deep")
    assert "Deep &amp; &lt;wide&gt;" in page.text
    assert '<input type="hidden" name="fund" value="deep">' in page.text
    assert "/support?currency=eur&amp;fund=deep#give" in page.text


@pytest.mark.parametrize("word", HOSTILE)
def test_any_other_word_gives_the_plain_page(client, fund, word):
    plain = client.get("/support").text
    answer = client.get(f"/support?fund={word}")
    assert answer.status_code == 200
    assert 'name="fund"' not in answer.text
    assert "goes to" not in answer.text
    assert "<script>alert" not in answer.text
    assert 'name="fund"' not in plain


def test_a_page_with_a_fund_is_made_anew_each_time_and_kept_by_nobody(client, session, fund):
    assert client.get("/support").headers["Cache-Control"].startswith("public")
    page = client.get("/support?fund=deep")
    assert LINE in page.text
    assert page.headers["Cache-Control"] == "no-store"
    close_fund(session, "deep", on=DAY)
    assert "goes to" not in client.get("/support?fund=deep").text
    assert "goes to" not in client.get("/support").text


def test_without_a_script_the_fund_goes_through_the_review_to_the_payment(
    client, session, fund, gateway
):
    review = send(client, fund="deep")
    assert "It goes to" in review.text
    assert "Deep &amp; &lt;wide&gt;" in review.text
    assert "fund=deep" in review.text  # the way back keeps it
    attempt = re.search(r'name="attempt" value="([^"]+)"', review.text)[1]
    assert 'name="fund" value="deep"' in review.text
    assert send(client, fund="deep", attempt=attempt).status_code == 303
    [row] = checkouts(session)
    assert row.fund == "deep"
    assert "fund=deep" in gateway.opened[0].cancel_url
    thanks = client.get(gateway.opened[0].success_url.removeprefix("http://localhost"))
    assert "Deep &amp; &lt;wide&gt;" in thanks.text
    assert '/support?fund=deep"' in thanks.text


def test_stripe_is_told_nothing_of_the_fund(client, session, fund, gateway):
    send(client, fund="deep", attempt="a" * 20)
    order = gateway.opened[0]
    assert "deep" not in repr(order).lower().replace(order.cancel_url.lower(), "")


@pytest.mark.parametrize("word", ["nobody", "<script>alert(1)</script>", "x" * 5000])
def test_a_fund_that_takes_no_gifts_is_said_and_nothing_is_opened(
    client, session, fund, gateway, word
):
    answer = send(client, fund=word, attempt="a" * 20)
    assert answer.status_code == 422
    assert "takes no gifts any more" in answer.text
    assert 'name="fund"' not in answer.text
    assert "<script>alert" not in answer.text
    assert checkouts(session) == []
    assert gateway.opened == []


def test_a_fund_that_closed_between_the_page_and_the_click_is_not_silently_dropped(
    client, session, fund, gateway
):
    close_fund(session, "deep", on=DAY)
    assert send(client, fund="deep", attempt="a" * 20).status_code == 422
    assert checkouts(session) == []


def test_a_wrong_amount_is_asked_again_with_the_fund(client, fund, gateway):
    answer = send(client, fund="deep", amount_monthly="other", other_monthly="x")
    assert answer.status_code == 422
    assert LINE in answer.text
    assert 'name="fund" value="deep"' in answer.text


def test_the_same_attempt_at_another_purpose_is_another_order(client, session, fund, gateway):
    send(client, attempt="a" * 20)
    send(client, attempt="a" * 20, fund="deep")
    send(client, attempt="a" * 20, fund="deep")
    assert [row.fund for row in checkouts(session)] == ["", "deep"]


def test_stripe_down_keeps_the_fund(client, session, fund, gateway):
    gateway.failure = StripeUnavailable("down")
    answer = send(client, fund="deep", attempt="a" * 20)
    assert answer.status_code == 503
    assert 'name="fund" value="deep"' in answer.text
    assert "Deep &amp; &lt;wide&gt;" in answer.text


def test_after_giving_once_the_monthly_offer_is_for_the_same_fund(client, session, fund, gateway):
    send(client, fund="deep", attempt="a" * 20, frequency="once", amount_once="5000")
    path = gateway.opened[0].success_url.removeprefix("http://localhost")
    checkouts(session)[0].state = "paid"
    session.commit()
    page = client.get(path).text
    assert "It would go to: Deep &amp; &lt;wide&gt;" in page
    assert 'name="fund" value="deep"' in page
    close_fund(session, "deep", on=DAY)
    page = client.get(path).text
    assert "It would go to" not in page
    assert 'name="fund"' not in page
    assert "Deep &amp; &lt;wide&gt;" in page  # this gift went there all the same
