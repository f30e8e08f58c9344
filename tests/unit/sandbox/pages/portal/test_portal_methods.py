from __future__ import annotations

from tests_support.portal import text


def added(portal, sdk, name="pm_card_mastercard"):
    return sdk.v1.payment_methods.attach(name, {"customer": portal.customer}).id


def test_another_card_is_made_the_default(portal, sdk, shop):
    other = added(portal, sdk)
    portal.open()
    home = portal.done(f"payment-methods/{other}/default")
    assert "default payment method has been changed" in text(home)
    assert portal.buyer().invoice_settings.default_payment_method == other
    assert shop.happened()[-1] == "customer.updated"
    assert portal.refreshed().default_payment_method != other


def test_a_card_nothing_is_paid_with_is_removed_after_a_question(portal, sdk, shop):
    other = added(portal, sdk)
    portal.open()
    assert "Remove Mastercard •••• 4444?" in text(portal.get(f"payment-methods/{other}/remove"))
    home = portal.done(f"payment-methods/{other}/remove")
    assert "Mastercard" not in text(home)
    assert shop.happened()[-1] == "payment_method.detached"


def test_the_card_a_subscription_is_paid_with_stays(portal):
    portal.open()
    own = portal.subscription.default_payment_method
    assert "Remove" not in text(portal.get())
    answer = portal.post(f"payment-methods/{own}/remove")
    assert answer.status_code == 409
    assert portal.refreshed().default_payment_method == own
