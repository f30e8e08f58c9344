from __future__ import annotations

import pytest
from tests_support.portal import CARD, text

LATER_FAILS = "4000000000000341"
ALWAYS = "4000002760003184"


@pytest.fixture
def late(portal, shop):
    """A reader whose renewal has failed."""
    portal.open()
    data = CARD | {"card_number": LATER_FAILS, "payer": portal.subscription.id}
    portal.done("payment-method", **data)
    shop.advance(days=32)
    portal.subscription = portal.refreshed()
    assert portal.subscription.status == "past_due"
    portal.open()
    return portal


def test_a_failed_payment_is_told_on_top(late):
    page = late.get()
    assert "Your last payment failed." in text(page)
    assert "Payment failed" in text(page)
    assert f"/invoices/{late.subscription.latest_invoice}/pay" in page.text


def test_a_new_card_pays_what_is_owed(late, shop, sdk):
    late.done("payment-method", **(CARD | {"payer": late.subscription.id}))
    method = late.buyer().invoice_settings.default_payment_method
    invoice = late.subscription.latest_invoice
    assert f'value="{method}" checked' in late.get(f"invoices/{invoice}/pay").text
    home = late.done(f"invoices/{invoice}/pay", chosen=method)
    assert "Thank you, your invoice is paid." in text(home)
    assert sdk.v1.invoices.retrieve(invoice).status == "paid"
    assert late.refreshed().status == "active"
    assert "invoice.paid" in shop.happened()
    assert late.get(f"invoices/{invoice}/pay").status_code == 303


def test_a_decline_stands_above_the_cards(late, sdk):
    invoice = late.subscription.latest_invoice
    chosen = late.subscription.default_payment_method
    page = late.post(f"invoices/{invoice}/pay", chosen=chosen)
    assert page.status_code == 402
    assert 'id="chosen-wrong">Your card was declined.' in page.text
    assert sdk.v1.invoices.retrieve(invoice).status == "open"


def test_a_card_that_asks_for_3d_secure_leads_to_its_page_and_back(late, http, sdk):
    late.post("payment-method", **(CARD | {"card_number": ALWAYS}))
    late.done("payment-method/challenge", outcome="complete")
    method = late.buyer().invoice_settings.default_payment_method
    invoice = late.subscription.latest_invoice
    answer = late.post(f"invoices/{invoice}/pay", chosen=method)
    assert answer.status_code == 303
    challenge = answer.headers["Location"]
    assert http.get(challenge).status_code == 200
    passed = http.post(challenge, data={"outcome": "complete"}, allow_redirects=False)
    assert passed.headers["Location"].startswith(late.session.url)
    assert "Thank you, your invoice is paid." in text(http.get(passed.headers["Location"]))
    assert sdk.v1.invoices.retrieve(invoice).status == "paid"
    assert late.refreshed().status == "active"


def test_failing_3d_secure_leads_back_to_the_choice_of_cards(late, http, sdk):
    late.post("payment-method", **(CARD | {"card_number": ALWAYS}))
    late.done("payment-method/challenge", outcome="complete")
    method = late.buyer().invoice_settings.default_payment_method
    invoice = late.subscription.latest_invoice
    challenge = late.post(f"invoices/{invoice}/pay", chosen=method).headers["Location"]
    failed = http.post(challenge, data={"outcome": "fail"}, allow_redirects=False)
    page = http.get(failed.headers["Location"])
    assert 'id="chosen-wrong"' in page.text
    assert sdk.v1.invoices.retrieve(invoice).status == "open"
