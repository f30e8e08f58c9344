import pytest
from sqlalchemy import select
from tests_support.stripe import FakeGateway

from donations.giving.models import Checkout
from donations.recoveries.models import Recovery
from donations.recoveries.sending import SAYING_NO

FIELDS = {"frequency": "monthly", "currency": "usd", "amount_monthly": "1500"}
ATTEMPT = {"attempt": "0123456789abcdef"}
AGREED = {"unfinished": "yes", "unfinished_email": "Reader@Example.org"}


@pytest.fixture(autouse=True)
def gateway(app):
    fake = FakeGateway()
    app.extensions["till"]._gateway = fake
    return fake


def rows(session, model):
    session.rollback()
    return session.scalars(select(model)).all()


def test_the_box_is_never_ticked_by_us(client):
    page = client.get("/support").text
    box = page[page.index('name="unfinished"') - 60 :].split(">")[0]
    assert "checked" not in box


def test_a_tick_and_an_address_keep_both_and_shorten_the_page_at_stripe(client, session, gateway):
    answer = client.post("/support/checkout", data=FIELDS | ATTEMPT | AGREED)
    assert answer.status_code == 303
    [checkout], [recovery] = rows(session, Checkout), rows(session, Recovery)
    assert checkout.recovery_consent.startswith("If I don’t finish")
    assert recovery.checkout_id == checkout.id
    assert recovery.due_at == checkout.expires_at
    assert gateway.opened[0].recoverable
    assert b"xample" not in recovery.email_sealed


def test_without_the_tick_an_address_is_not_kept(client, session, gateway):
    client.post("/support/checkout", data=FIELDS | ATTEMPT | {"unfinished_email": "a@example.org"})
    assert rows(session, Recovery) == []
    assert not gateway.opened[0].recoverable


@pytest.mark.parametrize("typed", ["", "nonsense", "a b@example.org"])
def test_a_tick_without_a_good_address_is_said_at_the_field_and_kept(client, session, typed):
    answer = client.post(
        "/support/checkout", data=FIELDS | ATTEMPT | AGREED | {"unfinished_email": typed}
    )
    assert answer.status_code == 422
    assert 'href="#unfinished-email"' in answer.text
    assert 'id="unfinished-email-error"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert '<details class="unfinished" open>' in answer.text
    assert rows(session, Checkout) == []


def test_without_script_the_choice_is_carried_through_the_review_page(client):
    page = client.post("/support/checkout", data=FIELDS | AGREED)
    assert page.status_code == 200
    assert '<input type="hidden" name="unfinished" value="yes">' in page.text
    assert 'name="unfinished_email" value="Reader@Example.org"' in page.text


def test_looking_at_the_link_changes_nothing_and_pressing_twice_is_pressing_once(
    client, session, house
):
    client.post("/support/checkout", data=FIELDS | ATTEMPT | AGREED)
    [recovery] = rows(session, Recovery)
    path = f"/support/unfinished/{house.signer.sign_lasting(SAYING_NO, recovery.public_id)}"
    assert client.get(path).status_code == 200
    assert rows(session, Recovery)[0].state == "set"
    for _ in range(2):
        assert client.post(path).status_code == 200
    assert rows(session, Recovery)[0].state == "cancelled"
    assert client.get("/ru" + path).status_code == 200
    assert client.get(path[:-3] + "abc").status_code == 404
