"""The sandbox's billing portal in a real browser: no violation, no overflow, keyboard only."""

from __future__ import annotations

import pytest
import stripe
from axe_playwright_python.sync_playwright import Axe

from donations.sandbox.server import Sandbox

pytestmark = pytest.mark.browser

OWN = "/subscriptions/{subscription}"
PAGES = ("", "/payment-method", "/information", f"{OWN}/cancel", f"{OWN}/pause", f"{OWN}/update")


@pytest.fixture(scope="module")
def sandbox():
    running = Sandbox(port=0, background_delivery=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def sdk(sandbox):
    client = stripe.RequestsClient()
    yield stripe.StripeClient(
        "sk_test_browser",
        base_addresses=dict.fromkeys(("api", "files", "connect", "meter_events"), sandbox.base_url),
        http_client=client,
    )
    client.close()


@pytest.fixture(scope="module")
def portal(sandbox, sdk):
    """Addresses of the portal of a member, by language."""
    product = sdk.v1.products.create({"name": "Support"}).id
    price = {"currency": "usd", "product": product, "recurring": {"interval": "month"}}
    session = sdk.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "success_url": "http://127.0.0.1:1/thanks",
            "line_items": [{"quantity": 1, "price_data": {**price, "unit_amount": 1500}}],
        }
    )
    sandbox.control("pay", {"session": session.id, "card": "4242424242424242"})
    subscription = sdk.v1.checkout.sessions.retrieve(session.id).subscription
    customer = sdk.v1.subscriptions.retrieve(subscription).customer
    dearer = sdk.v1.prices.create({**price, "unit_amount": 2500}).id
    features = {
        "customer_update": {"enabled": True, "allowed_updates": ["name", "email", "address"]},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {
            "enabled": True,
            "cancellation_reason": {"enabled": True, "options": ["too_expensive", "other"]},
        },
        "subscription_pause": {"enabled": True},
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price"],
            "products": [{"product": product, "prices": [dearer]}],
        },
    }
    house = sdk.v1.billing_portal.configurations.create({"features": features}).id

    def address(locale, path):
        opened = sdk.v1.billing_portal.sessions.create(
            {"customer": customer, "configuration": house, "locale": locale}
        )
        return opened.url + path.format(subscription=subscription)

    address.customer = customer
    return address


@pytest.fixture
def browse(chromium):
    contexts = []

    def browse(*, script=True, width=360, dark=False):
        context = chromium.new_context(
            java_script_enabled=script,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        return context.new_page()

    yield browse
    for context in contexts:
        context.close()


@pytest.mark.parametrize("locale", ["en", "ru"])
@pytest.mark.parametrize("path", PAGES)
def test_a_portal_page_meets_wcag_and_fits_its_window(portal, browse, path, locale):
    for width, dark in ((360, False), (360, True), (1440, False), (1440, True)):
        page = browse(width=width, dark=dark)
        page.goto(portal(locale, path))
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_card_is_changed_with_the_keyboard_and_without_script(portal, browse, sdk):
    page = browse(script=False)
    page.goto(portal("en", ""))
    page.get_by_role("link", name="Add payment method").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Card number").focus()
    for typed in ("5555555555554444", "12/34", "123", "Vera"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.get_by_label("Full name").press("Enter")
    page.get_by_text("Your payment method has been updated.").wait_for()
    kept = sdk.v1.customers.retrieve(portal.customer).invoice_settings.default_payment_method
    assert sdk.v1.payment_methods.retrieve(kept).card.last4 == "4444"
