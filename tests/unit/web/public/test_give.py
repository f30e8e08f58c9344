"""The ask as a form: what is refused is said at its field, what was typed is kept."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from tests_support.stripe import FakeGateway

from donations.giving.models import Checkout
from donations.reminders.models import Reminder
from donations.reminders.reminding import Wish, set_reminder
from donations.stripe_gateway.errors import StripeUnavailable

ATTEMPT = "0123456789abcdef"
FIELDS = {"frequency": "monthly", "currency": "usd", "attempt": ATTEMPT}


@pytest.fixture
def gateway(app):
    fake = FakeGateway()
    app.extensions["till"]._gateway = fake
    return fake


def send(client, language="", **fields):
    return client.post(f"{language}/support/checkout", data={**FIELDS, **fields})


def checkouts(session):
    session.rollback()
    return session.scalars(select(Checkout)).all()


def test_the_reader_is_led_to_the_payment_page(client, gateway, session):
    answer = send(client, amount_monthly="1500")
    assert answer.status_code == 303
    assert answer.location.startswith("https://checkout.stripe.com/")
    [row] = checkouts(session)
    assert (row.amount_minor, row.frequency, row.currency) == (1500, "monthly", "usd")
    assert gateway.opened[0].success_url.startswith("http://localhost/support/thanks/")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter an amount."),
        ("0", "The smallest amount here is $2."),
        ("1.999", "too exact"),
        ("1e3", "digits only"),
        ("١٠", "digits only"),
        ("1,500", "without separating the thousands"),
        ("9" * 1000, "digits only"),
        ("1.99", "The smallest amount here is $2."),
        ("1000.01", "The largest amount here is $1,000."),
        ("<script>", "digits only"),
    ],
)
def test_an_amount_that_cannot_be_is_explained_at_its_field(
    client, gateway, session, typed, message
):
    answer = send(client, amount_monthly="other", other_monthly=typed)
    assert answer.status_code == 422
    field = re.search(r'id="other-monthly-error"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    assert message in field[1].replace("&#39;", "’")
    assert "<script>" not in answer.text
    if typed and len(typed) < 20 and "<" not in typed:
        assert f'value="{typed}"' in answer.text
    assert 'href="#other-monthly"' in answer.text
    assert checkouts(session) == []
    assert gateway.opened == []


def test_a_comma_is_a_decimal_point_to_half_the_world(client, gateway, session):
    assert send(client, amount_monthly="other", other_monthly="2,5").status_code == 303
    assert checkouts(session)[0].amount_minor == 250


@pytest.mark.parametrize(
    "fields",
    [
        {"currency": "xxx", "amount_monthly": "1500"},
        {"currency": "chf", "amount_monthly": "1500"},
        {"frequency": "weekly", "amount_monthly": "1500"},
        {"frequency": "", "amount_monthly": "1500"},
    ],
)
def test_a_currency_or_frequency_we_do_not_know_is_refused_on_the_page(
    client, gateway, session, fields
):
    answer = send(client, **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert checkouts(session) == []


def test_the_error_is_said_in_the_readers_language(client, gateway):
    answer = send(client, "/ru", amount_monthly="other", other_monthly="1")
    assert answer.status_code == 422
    assert "Наименьшая сумма" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
    ],
)
def test_a_form_of_another_site_changes_nothing(client, gateway, session, headers):
    answer = client.post(
        "/support/checkout", data={**FIELDS, "amount_monthly": "1500"}, headers=headers
    )
    assert answer.status_code == 403
    assert checkouts(session) == []


def test_without_a_script_the_order_is_reviewed_before_it_is_an_attempt(client, gateway, session):
    answer = send(client, amount_monthly="1500", attempt="")
    assert answer.status_code == 200
    assert "$15 monthly" in answer.text
    assert "JavaScript" in answer.text
    assert checkouts(session) == []
    named = re.search(r'name="attempt" value="([^"]+)"', answer.text)[1]
    assert send(client, amount_monthly="1500", attempt=named).status_code == 303


def test_the_same_attempt_opens_the_same_page(client, gateway, session):
    first = send(client, amount_monthly="1500")
    assert send(client, amount_monthly="1500").location == first.location
    assert len(checkouts(session)) == 1
    assert len(gateway.opened) == 1


def test_stripe_down_keeps_the_choice_and_offers_it_again(client, gateway, session):
    gateway.failure = StripeUnavailable("down")
    answer = send(client, amount_monthly="1500")
    assert answer.status_code == 503
    assert "Nothing was charged" in answer.text
    assert f'name="attempt" value="{ATTEMPT}"' in answer.text
    assert 'name="amount_monthly" value="1500"' in answer.text
    gateway.failure = None
    assert send(client, amount_monthly="1500").status_code == 303
    assert len(checkouts(session)) == 1


def test_a_link_may_carry_the_choice(client):
    page = client.get("/support?frequency=annual&amount=12300&currency=eur").text
    assert 'id="frequency-annual" value="annual" checked' in page
    assert 'value="123.00"' in page


@pytest.mark.parametrize(
    "query", ["frequency=x&amount=abc", "currency=zzz", "amount=-5", "amount=" + "9" * 400]
)
def test_a_link_that_is_wrong_is_still_a_page(client, query):
    assert client.get(f"/support?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/", "/support", "/ru/", "/ru/support"])
def test_no_appeal_stands_without_its_warning_above_the_form(client, path):
    page = client.get(path).text
    assert page.index('class="warning"') < page.index('id="give"')
    assert "Беларусь" in page
    assert "/support/safer" in page


def test_the_article_has_every_element_in_its_order(client):
    page = client.get("/").text
    order = (
        "Support The Moscow Times!",
        'class="story"',
        'class="newsletter"',
        "Preview",
        "Privacy Policy",
        "Dear readers,",
        "$2",
        'class="warning"',
        ">Once<",
        ">Monthly<",
        ">Annual<",
        "Give $10 monthly",
        "Apple Pay",
        "Not ready to support today?",
        "Remind me later.",
        "Read more",
    )
    places = [page.index(words) for words in order]
    assert places == sorted(places)


def test_frequency_stands_above_the_amounts_and_each_keeps_its_own(client):
    page = client.get("/support").text
    assert page.index('name="frequency"') < page.index('name="amount_once"')
    for frequency in ("once", "monthly", "annual"):
        assert f'name="amount_{frequency}"' in page
        assert f'name="other_{frequency}"' in page


def test_only_the_methods_really_enabled_are_shown(client):
    page = client.get("/").text
    assert "Google Pay" in page
    assert "PayPal" not in page


def test_a_letters_link_is_followed_from_the_appeal_to_the_checkout(client, gateway, session):
    page = client.get("/support?reminder=abc23&frequency=monthly&amount=1500&currency=usd")
    assert page.headers["Cache-Control"] == "no-store"
    assert 'name="reminder" value="abc23"' in page.text
    assert 'href="/support?currency=eur&amp;reminder=abc23#give"' in page.text
    send(client, amount_monthly="1500", reminder="abc23")
    assert [row.reminder for row in checkouts(session)] == ["abc23"]
    assert "reminder=abc23" in gateway.opened[0].cancel_url


def test_without_a_script_the_review_page_carries_the_reminder_on(client, gateway):
    page = send(client, attempt="", amount_monthly="1500", reminder="abc23")
    assert page.status_code == 200
    assert 'name="reminder" value="abc23"' in page.text


def test_a_letters_link_is_counted_as_opened_once_and_by_looking_only(
    client, session, master, clock, settings
):
    wish = Wish("later@reader.example", date(2027, 1, 1), "en", "article")
    made = set_reminder(session, master, wish, zone=settings.newsroom.zone, now=clock.now())
    made.sent = 1
    session.commit()
    address = f"/support?reminder={made.public_id}"

    def opened_at():
        session.rollback()
        return session.scalars(select(Reminder.opened_at)).one()

    assert client.head(address).status_code == 200
    assert opened_at() is None
    client.get(address)
    first = clock.now()
    clock.advance(timedelta(hours=1))
    client.get(address)
    assert opened_at() == first
