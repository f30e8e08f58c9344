"""The sandbox's dashboard in a real Chromium: axe finds nothing, nothing overflows, buttons work."""

from __future__ import annotations

import pytest
import stripe
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sdk(demo):
    client = stripe.RequestsClient()
    yield stripe.StripeClient(
        "sk_test_browser",
        base_addresses=dict.fromkeys(("api", "files", "connect", "meter_events"), demo.sandbox_url),
        http_client=client,
    )
    client.close()


@pytest.fixture(scope="module")
def busy(demo, sdk):
    """The demonstration's sandbox after a few gifts, a refund, a dispute and a payout."""
    product = sdk.v1.products.create({"name": "Support"}).id
    for amount, card in ((1500, "4000000000000077"), (2500, "4000000000000259"), (900, None)):
        price = {"currency": "usd", "unit_amount": amount, "product": product}
        session = sdk.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "success_url": f"{demo.base_url}/support/thanks",
                "line_items": [{"quantity": 1, "price_data": price}],
            }
        )
        demo.order("pay", session=session.id, card=card or "4242424242424242")
    demo.order("refund", charge=sdk.v1.charges.list().data[0].id, amount=100)
    return demo


def paths(sdk):
    shelf = "/dashboard/objects/"
    return (
        "/",
        "/dashboard/faults",
        shelf + "event",
        shelf + "charge/" + sdk.v1.charges.list().data[0].id,
        shelf + "dispute/" + sdk.v1.disputes.list().data[0].id,
        shelf + "event/" + sdk.v1.events.list().data[0].id,
    )


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1440])
def test_every_page_of_the_dashboard_is_for_everybody(busy, sdk, open_page, width, dark):
    page = open_page(dark=dark, width=width, script=True)
    for path in paths(sdk):
        page.goto(busy.sandbox_url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_the_dashboard_works_without_script(busy, sdk, open_page):
    page = open_page(script=False)
    charge = sdk.v1.charges.list().data[0]
    page.goto(f"{busy.sandbox_url}/dashboard/objects/charge/{charge.id}")
    page.get_by_role("button", name="Warn of fraud").click()
    assert page.get_by_role("status").inner_text() == "The card’s issuer has warned of fraud."
    page.get_by_label("Amount in minor units").fill("150")
    page.get_by_role("button", name="Refund").click()
    assert sdk.v1.charges.retrieve(charge.id).amount_refunded == 250
    page.get_by_role("link", name="Faults", exact=True).click()
    page.get_by_label("Send every event twice").check()
    page.get_by_role("button", name="Set", exact=True).click()
    assert page.get_by_label("Send every event twice").is_checked()
    page.get_by_role("button", name="Clear all").click()
    assert not page.get_by_label("Send every event twice").is_checked()
