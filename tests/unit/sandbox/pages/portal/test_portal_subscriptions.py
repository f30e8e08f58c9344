from __future__ import annotations

from tests_support.portal import text

REASONS = {"enabled": True, "options": ["too_expensive", "unused"]}
WEEKS = {
    "type": "interval_options",
    "interval_options": [
        {"interval": "week", "interval_count": 2},
        {"interval": "month", "interval_count": 1},
    ],
}


def test_cancelling_asks_why_and_tells_what_was_said(portal):
    house = portal.configure(subscription_cancel={"enabled": True, "cancellation_reason": REASONS})
    portal.open(configuration=house)
    page = portal.get(f"{portal.own}/cancel")
    assert "too expensive" in text(page)
    assert 'value="missing_features"' not in page.text
    home = portal.done(f"{portal.own}/cancel", feedback="unused", comment=" Too busy ")
    assert "Ends on" in text(home)
    subscription = portal.refreshed()
    assert subscription.cancel_at == subscription["items"].data[0].current_period_end
    assert not subscription.cancel_at_period_end
    told = subscription.cancellation_details
    assert (told.reason, told.feedback, told.comment) == (
        "cancellation_requested",
        "unused",
        "Too busy",
    )


def test_a_reason_that_is_not_offered_is_not_told(portal):
    house = portal.configure(subscription_cancel={"enabled": True, "cancellation_reason": REASONS})
    portal.open(configuration=house)
    portal.done(f"{portal.own}/cancel", feedback="low_quality")
    assert portal.refreshed().cancellation_details.feedback is None


def test_without_the_question_nothing_is_asked_or_told(portal):
    house = portal.configure(subscription_cancel={"enabled": True})
    portal.open(configuration=house)
    assert "<textarea" not in portal.get(f"{portal.own}/cancel").text
    portal.done(f"{portal.own}/cancel", feedback="unused", comment="x")
    told = portal.refreshed().cancellation_details
    assert (told.feedback, told.comment) == (None, None)


def test_an_immediate_cancellation_ends_it(portal, shop):
    house = portal.configure(subscription_cancel={"enabled": True, "mode": "immediately"})
    portal.open(configuration=house)
    assert "It ends now" in text(portal.get(f"{portal.own}/cancel"))
    home = portal.done(f"{portal.own}/cancel")
    assert "has been canceled" in text(home)
    assert portal.refreshed().status == "canceled"
    assert shop.happened()[-1] == "customer.subscription.deleted"


def test_cancelling_twice_is_refused(portal):
    portal.open()
    portal.done(f"{portal.own}/cancel")
    assert portal.get(f"{portal.own}/cancel").status_code == 409
    assert portal.post(f"{portal.own}/cancel").status_code == 409


def test_a_change_of_mind_keeps_it(portal, shop):
    portal.open()
    home = portal.done(f"{portal.own}/cancel")
    assert "Don’t cancel" in text(home)
    home = portal.done(f"{portal.own}/keep")
    assert "will renew as before" in text(home)
    assert portal.refreshed().cancel_at is None
    assert shop.happened()[-1] == "customer.subscription.updated"
    assert (
        portal.post(f"{portal.own}/keep")
        .headers["Location"]
        .endswith(portal.session.url.partition("/p/")[2])
    )


def test_a_pause_lasts_as_chosen_and_can_be_ended(portal, shop):
    house = portal.configure(subscription_pause={"enabled": True, "duration": WEEKS})
    portal.open(configuration=house)
    page = portal.get(f"{portal.own}/pause")
    assert "2 weeks" in text(page)
    assert "1 month" in text(page)
    home = portal.done(f"{portal.own}/pause", option="0")
    assert "Paused Resumes on" in text(home)
    assert portal.refreshed().status == "paused"
    home = portal.done(f"{portal.own}/resume")
    assert "has been resumed" in text(home)
    assert portal.refreshed().status == "active"


def test_a_pause_that_is_not_offered_is_no_pause(portal):
    house = portal.configure(subscription_pause={"enabled": True, "duration": WEEKS})
    portal.open(configuration=house)
    assert portal.post(f"{portal.own}/pause", option="2").status_code == 400
    assert portal.refreshed().status == "active"


def test_an_indefinite_pause_asks_for_no_span(portal):
    endless = {"enabled": True, "duration": {"type": "indefinite"}}
    portal.open(configuration=portal.configure(subscription_pause=endless))
    assert 'type="radio"' not in portal.get(f"{portal.own}/pause").text
    home = portal.done(f"{portal.own}/pause")
    assert "Nothing is charged until you resume." in text(home)


def test_a_paused_subscription_can_be_cancelled(portal):
    house = portal.configure(
        subscription_pause={"enabled": True}, subscription_cancel={"enabled": True}
    )
    portal.open(configuration=house)
    portal.done(f"{portal.own}/pause")
    assert portal.get(f"{portal.own}/cancel").status_code == 200


def test_it_is_paid_with_another_card_on_file(portal, sdk):
    other = sdk.v1.payment_methods.attach("pm_card_mastercard", {"customer": portal.customer}).id
    portal.open()
    page = portal.get(f"{portal.own}/payment-method")
    assert "Mastercard •••• 4444" in text(page)
    portal.done(f"{portal.own}/payment-method", chosen=other)
    assert portal.refreshed().default_payment_method == other
    assert portal.buyer().invoice_settings.default_payment_method is None
    assert portal.post(f"{portal.own}/payment-method", chosen="pm_x").status_code == 404
