from __future__ import annotations

import pytest
from tests_support.portal import CARD, RETURN, text

AWAY = "http://127.0.0.1:1/thanks"


def test_the_address_is_the_login_and_only_the_right_one(portal, http):
    session = portal.open()
    assert portal.get().status_code == 200
    assert http.get(session.url + "x").status_code == 404
    assert http.get(session.url[:-1]).status_code == 404


def test_it_needs_no_script_and_asks_nothing_of_anybody_else(portal):
    portal.open()
    page = portal.get()
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_an_expired_address_says_so_plainly_and_does_nothing(portal, shop):
    portal.open()
    shop.advance(seconds=301)
    page = portal.get()
    assert page.status_code == 410
    assert "This link has expired" in text(page)
    assert f'href="{RETURN}"' in page.text
    assert portal.post(f"{portal.own}/cancel").status_code == 410
    assert portal.refreshed().cancel_at is None


def test_an_hour_of_use_is_counted_from_the_last_page(portal, shop):
    portal.open()
    portal.get()
    shop.advance(seconds=3000)
    portal.get()
    shop.advance(seconds=3000)
    assert portal.get().status_code == 200
    shop.advance(seconds=3601)
    assert portal.get().status_code == 410


def test_what_belongs_to_another_customer_is_not_there(portal, shop):
    portal.open()
    other = shop.join()
    assert portal.get(f"subscriptions/{other.id}/cancel").status_code == 404
    assert portal.post(f"subscriptions/{other.id}/cancel").status_code == 404
    method = other.default_payment_method
    assert portal.post(f"payment-methods/{method}/remove").status_code == 404
    assert portal.get(f"invoices/{other.latest_invoice}/pay").status_code == 404


@pytest.mark.parametrize(
    "path", ["payment-method", "information", "{own}/cancel", "{own}/pause", "{own}/update"]
)
def test_a_page_whose_feature_is_off_is_not_there(portal, path):
    bare = portal.configure(invoice_history={"enabled": False})
    portal.open(configuration=bare)
    assert portal.get(path.format(own=portal.own)).status_code == 404
    assert portal.post(path.format(own=portal.own)).status_code in (404, 405)


def test_a_refusal_is_told_on_a_page(portal, sdk):
    portal.open()
    sdk.v1.subscriptions.cancel(portal.subscription.id)
    page = portal.get(f"{portal.own}/cancel")
    assert page.status_code == 409
    assert "This subscription has ended." in text(page)


def test_a_flow_is_one_page_and_leads_home_when_it_is_done(portal):
    portal.flow("subscription_cancel")
    wanted = f"{portal.session.url}/{portal.own}/cancel".partition("/p/")[2]
    for path in ("", "information", "payment-method"):
        assert portal.get(path).headers["Location"].endswith(wanted)
    page = portal.get(f"{portal.own}/cancel")
    assert "Billing overview" not in text(page)
    home = portal.done(f"{portal.own}/cancel")
    assert "will be canceled" in text(home)
    assert portal.get("payment-method").status_code == 200


def test_a_flow_may_lead_back_to_the_newsroom(portal):
    redirect = {"type": "redirect", "redirect": {"return_url": AWAY}}
    portal.flow("payment_method_update", after_completion=redirect)
    answer = portal.post("payment-method", **CARD)
    assert (answer.status_code, answer.headers["Location"]) == (303, AWAY)
    assert portal.get().headers["Location"] == AWAY


def test_a_flow_may_end_on_a_page_that_says_so(portal):
    said = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Merci!"}}
    portal.flow("payment_method_update", after_completion=said)
    page = portal.done("payment-method", **CARD)
    assert "Your payment method has been updated." in text(page)
    assert "Merci!" in text(page)
    assert portal.get().headers["Location"].endswith("/done")


def test_the_page_of_an_end_is_not_there_before_it(portal):
    portal.open()
    assert portal.get("done").status_code == 303


def test_a_test_clocks_customer_sees_and_acts_at_the_clocks_moment(portal, sdk):
    clock = sdk.v1.test_helpers.test_clocks.create({"frozen_time": 1_700_000_000})
    customer = sdk.v1.customers.create({"test_clock": clock.id, "name": "Ivo", "email": "i@x.org"})
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    price = portal.subscription["items"].data[0].price
    sdk.v1.subscriptions.create(
        {
            "customer": customer.id,
            "default_payment_method": method.id,
            "items": [
                {
                    "price_data": {
                        "currency": "usd",
                        "unit_amount": 700,
                        "product": price.product,
                        "recurring": {"interval": "month"},
                    }
                }
            ],
        }
    )
    portal.customer = customer.id
    portal.open()
    assert "Renews on 14 December 2023" in text(portal.get())
    portal.done("payment-method", **CARD)
    kept = portal.buyer().invoice_settings.default_payment_method
    assert sdk.v1.payment_methods.retrieve(kept).created == 1_700_000_000


def test_an_expired_address_gives_way_to_a_new_one_for_its_reader(portal, shop, http):
    portal.open(after_expiration={"type": "customer_login"})
    shop.advance(seconds=301)
    recover = portal.session.url.replace("/p/session/", "/p/recover/")
    assert "/p/recover/" in portal.get().text
    wrong = http.post(recover, data={"email": "else@example.org"})
    assert "No link can be sent" in text(wrong)
    right = http.post(recover, data={"email": portal.buyer().email})
    fresh = right.text.partition('class="go" href="')[2].partition('"')[0]
    assert http.get(fresh).status_code == 200


def test_an_open_address_is_not_recovered(portal, http):
    portal.open(after_expiration={"type": "customer_login"})
    recover = portal.session.url.replace("/p/session/", "/p/recover/")
    assert http.post(recover, allow_redirects=False).status_code == 303
