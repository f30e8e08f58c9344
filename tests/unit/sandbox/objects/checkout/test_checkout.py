from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.world import presented

PRICE = {"currency": "usd", "unit_amount": 1500, "product": "support"}


def test_a_session_leads_to_a_page_of_the_sandbox(shop, sandbox):
    session = shop.open()
    assert session.url == f"{sandbox.base_url}/c/pay/{session.id}"
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None


def test_a_product_keeps_the_id_it_was_given_and_gives_it_once(shop, sdk):
    assert sdk.v1.products.retrieve("support").name == "Support"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.products.create({"id": "support", "name": "Another"})
    assert refusal.value.code == "resource_already_exists"


def test_a_customer_that_is_not_there_is_missing(shop):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(customer="cus_nobody")
    assert (refusal.value.param, refusal.value.code) == ("customer", "resource_missing")


@pytest.mark.parametrize(
    "late",
    [
        {"expires_at": 1},
        {"customer": "cus_nobody"},
        {
            "custom_fields": [
                {"key": "a b", "label": {"type": "custom", "custom": "A"}, "type": "text"}
            ]
        },
        {"custom_text": {"submit": {"message": "x" * 1201}}},
        {"discounts": [{"coupon": "x"}]},
    ],
)
def test_a_request_refused_late_leaves_no_price_and_no_product(shop, sandbox, late):
    before = sandbox.control("state")["counts"]
    inline = {"currency": "usd", "unit_amount": 1500, "product_data": {"name": "Inline"}}
    with pytest.raises(stripe.InvalidRequestError):
        shop.open(line_items=[{"quantity": 1, "price_data": inline}], **late)
    assert sandbox.control("state")["counts"] == before


def test_a_good_line_before_a_bad_one_leaves_nothing_either(shop, sandbox):
    before = sandbox.control("state")["counts"]
    inline = {"currency": "usd", "unit_amount": 1500, "product_data": {"name": "Inline"}}
    items = [{"quantity": 1, "price_data": inline}, {"quantity": 1, "price": "price_nobody"}]
    with pytest.raises(stripe.InvalidRequestError):
        shop.open(line_items=items)
    assert sandbox.control("state")["counts"] == before


def test_an_expired_session_gives_up_its_payment_and_tells(shop, sdk):
    session = shop.open()
    shop.sandbox.control("pay", {"session": session.id, "card": "4000000000000002"})
    sdk.v1.checkout.sessions.expire(session.id)
    assert shop.happened()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        sdk.v1.checkout.sessions.expire(session.id)


def test_a_setup_session_that_expires_cancels_its_setup_intent(shop, sdk):
    session = sdk.v1.checkout.sessions.create(
        {"mode": "setup", "currency": "usd", "success_url": "http://127.0.0.1:1/saved"}
    )
    sdk.v1.checkout.sessions.expire(session.id)
    setup = sdk.v1.setup_intents.retrieve(session.setup_intent)
    assert (setup.status, setup.cancellation_reason) == ("canceled", "abandoned")


def test_a_paid_session_cannot_be_expired(shop, sdk):
    session = shop.give()
    with pytest.raises(stripe.InvalidRequestError, match="status of `complete`"):
        sdk.v1.checkout.sessions.expire(session.id)


def test_metadata_can_be_changed_and_unset_later(shop, sdk):
    session = shop.open(metadata={"a": "1", "b": "2"})
    changed = sdk.v1.checkout.sessions.update(session.id, {"metadata": {"b": "", "c": "3"}})
    assert changed.metadata.to_dict() == {"a": "1", "c": "3"}
    assert problems_of(changed.to_dict()) == []


def test_a_recovered_session_is_a_copy_of_the_one_that_expired(shop, sdk, http):
    session = shop.open(
        after_expiration={"recovery": {"enabled": True, "allow_promotion_codes": True}},
        metadata={"on": "session"},
        client_reference_id="ref-1",
        customer_email="v@example.org",
    )
    expired = sdk.v1.checkout.sessions.expire(session.id)
    answer = http.get(expired.after_expiration.recovery.url, allow_redirects=False)
    copy = sdk.v1.checkout.sessions.retrieve(answer.headers["Location"].rsplit("/", 1)[1])
    assert copy.recovered_from == session.id
    assert copy.status == "open"
    assert (copy.amount_total, copy.client_reference_id) == (1500, "ref-1")
    assert copy.metadata.to_dict() == {"on": "session"}
    assert copy.customer_details.email == "v@example.org"
    assert copy.allow_promotion_codes is True
    assert copy.after_expiration.recovery.url is None
    assert problems_of(copy.to_dict()) == []


def test_a_recovered_setup_session_has_a_setup_intent_of_its_own(shop, sdk, http):
    session = sdk.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "usd",
            "success_url": "http://127.0.0.1:1/saved",
            "after_expiration": {"recovery": {"enabled": True}},
        }
    )
    expired = sdk.v1.checkout.sessions.expire(session.id)
    answer = http.get(expired.after_expiration.recovery.url, allow_redirects=False)
    copy = sdk.v1.checkout.sessions.retrieve(answer.headers["Location"].rsplit("/", 1)[1])
    assert copy.setup_intent not in (None, session.setup_intent)


def test_line_items_come_when_asked_for(shop, sdk):
    session = shop.open()
    assert not hasattr(sdk.v1.checkout.sessions.retrieve(session.id), "line_items")
    full = sdk.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert full.line_items.data[0].amount_total == 1500
    listed = sdk.v1.checkout.sessions.line_items.list(session.id).data
    assert [each.quantity for each in listed] == [1]


def test_every_kind_of_session_has_the_shape_its_type_declares(shop, sandbox, sdk):
    label = {"type": "custom", "custom": "Dedication"}
    options = [{"label": "Small", "value": "small"}]
    customer = sdk.v1.customers.create({"email": "v@example.org"})
    shop.open(
        customer=customer.id,
        after_expiration={"recovery": {"enabled": True}},
        consent_collection={
            "promotions": "auto",
            "terms_of_service": "required",
            "payment_method_reuse_agreement": {"position": "hidden"},
        },
        custom_fields=[
            {"key": "a", "label": label, "type": "text", "text": {"maximum_length": 9}},
            {"key": "b", "label": label, "type": "numeric", "optional": True},
            {"key": "c", "label": label, "type": "dropdown", "dropdown": {"options": options}},
        ],
        custom_text={"submit": {"message": "Thank you"}, "after_submit": ""},
        customer_update={"name": "auto"},
        invoice_creation={"enabled": True, "invoice_data": {"footer": "Thanks"}},
        name_collection={"business": {"enabled": True}},
        phone_number_collection={"enabled": True},
        saved_payment_method_options={"payment_method_save": "enabled"},
    )
    shop.open(mode="subscription", subscription_data={"trial_period_days": 7})
    sdk.v1.checkout.sessions.create(
        {"mode": "setup", "currency": "usd", "success_url": "http://127.0.0.1:1/saved"}
    )
    sessions = sandbox.world.store.tables["checkout.session"].values()
    assert [problems_of(presented(each)) for each in sessions] == [[], [], []]
    lines = [line for each in sessions for line in each["_lines"]]
    assert [problems_of(line) for line in lines] == [[], []]
