from __future__ import annotations

from tests_support.portal import RETURN, text


def test_the_overview_says_what_is_paid_when_and_with_what(portal):
    portal.open()
    page = portal.get()
    for words in (
        "SANDBOX",
        "The Moscow Times",
        "Support",
        "$15.00 per month",
        "Renews on",
        "Visa •••• 4242",
        "Expires 12/2034",
        portal.buyer().email,
        "Invoice history",
        "Return to The Moscow Times",
    ):
        assert words in text(page), words
    assert f'href="{RETURN}"' in page.text
    invoice = portal.subscription.latest_invoice
    assert f"/i/{invoice}" in page.text


def test_without_a_way_back_there_is_no_link(portal, sdk):
    portal.session = sdk.v1.billing_portal.sessions.create({"customer": portal.customer})
    assert "Return to" not in text(portal.get())


def test_headline_terms_and_privacy_are_the_configurations(portal, sdk):
    own = sdk.v1.billing_portal.configurations.create(
        {
            "features": {"invoice_history": {"enabled": False}},
            "business_profile": {
                "headline": "Thank you for reading",
                "privacy_policy_url": "https://example.org/privacy",
                "terms_of_service_url": "https://example.org/terms",
            },
        }
    )
    portal.open(configuration=own.id)
    page = portal.get()
    assert "Thank you for reading" in text(page)
    assert 'href="https://example.org/privacy"' in page.text
    assert 'href="https://example.org/terms"' in page.text
    assert "Invoice history" not in text(page)
    assert "Cancel subscription" not in text(page)


def test_a_customer_without_anything_is_told_so(portal, sdk):
    portal.customer = sdk.v1.customers.create({}).id
    portal.open()
    words = text(portal.get())
    assert "You have no subscription at the moment." in words
    assert "No payment method is on file." in words
    assert "No billing information is on file." in words
    assert "No invoice yet." in words


def test_an_ended_subscription_is_no_longer_shown_and_its_invoices_are(portal, sdk):
    sdk.v1.subscriptions.cancel(portal.subscription.id)
    portal.open()
    words = text(portal.get())
    assert "You have no subscription at the moment." in words
    assert "$15.00" in words


def test_a_trial_is_free_until_its_end(portal, sdk):
    price = {
        "currency": "usd",
        "unit_amount": 700,
        "product": "support",
        "recurring": {"interval": "month"},
    }
    sdk.v1.subscriptions.create(
        {
            "customer": portal.customer,
            "items": [{"price_data": price}],
            "trial_period_days": 14,
        }
    )
    portal.open()
    words = text(portal.get())
    assert "Free until" in words
    assert "Current subscriptions" in words


def test_paused_payments_are_told_with_their_end(portal, sdk, sandbox):
    until = sandbox.world.clock.now() + 40 * 86_400
    pause = {"behavior": "void", "resumes_at": until}
    sdk.v1.subscriptions.update(portal.subscription.id, {"pause_collection": pause})
    portal.open()
    assert "Payments paused Resumes on" in text(portal.get())


def test_older_invoices_wait_behind_a_link(portal, shop):
    for _ in range(7):
        shop.advance(until_next_renewal=True)
    portal.open()
    page = portal.get()
    assert page.text.count("/i/in_") == 6
    assert "View all invoices" in text(page)
    assert portal.get("?invoices=all").text.count("/i/in_") == 8


def test_the_login_page_leads_a_customer_in(portal, sdk, http):
    own = sdk.v1.billing_portal.configurations.create(
        {"features": {"invoice_history": {"enabled": True}}, "login_page": {"enabled": True}}
    )
    page = http.get(own.login_page.url)
    assert "Your email" in text(page)
    assert "No link" in text(http.post(own.login_page.url, data={"email": "else@x.org"}))
    let_in = http.post(own.login_page.url, data={"email": portal.buyer().email})
    fresh = let_in.text.partition('class="go" href="')[2].partition('"')[0]
    assert "Billing overview" in text(http.get(fresh))
    sdk.v1.billing_portal.configurations.update(own.id, {"login_page": {"enabled": False}})
    assert http.get(own.login_page.url).status_code == 404
