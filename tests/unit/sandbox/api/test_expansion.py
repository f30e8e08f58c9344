from __future__ import annotations

import pytest
import stripe


def test_ids_become_objects_along_the_path(shop, sdk):
    session = shop.give(mode="subscription")
    full = sdk.v1.checkout.sessions.retrieve(
        session.id,
        {"expand": ["subscription.latest_invoice.payments.data", "customer", "invoice"]},
    )
    assert full.customer.email == "reader@example.org"
    assert full.invoice.id == full.subscription.latest_invoice.id
    assert full.subscription.latest_invoice.payments.data[0].object == "invoice_payment"


def test_lists_expand_in_each_of_their_objects(shop, sdk):
    shop.give()
    page = sdk.v1.payment_intents.list({"expand": ["data.latest_charge.balance_transaction"]})
    assert page.data[0].latest_charge.balance_transaction.fee == 74
    assert sdk.v1.charges.list({"limit": 1, "expand": ["data.refunds"]}).data[0].refunds.data == []


def test_what_is_kept_is_not_changed_by_expanding(shop, sdk):
    session = shop.give()
    sdk.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert isinstance(sdk.v1.checkout.sessions.retrieve(session.id).payment_intent, str)


@pytest.mark.parametrize(
    "path",
    [
        "nonsense",
        "amount",
        "latest_charge.nonsense",
        "data.latest_charge",
        "latest_charge.balance_transaction.source.payment_intent.latest_charge",
    ],
)
def test_a_path_that_leads_nowhere_or_too_deep_is_refused(shop, sdk, path):
    session = shop.give()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.payment_intents.retrieve(session.payment_intent, {"expand": [path]})
    assert refusal.value.http_status == 400


def test_a_wrong_path_is_refused_also_for_an_empty_list(sdk):
    for path in ("nonsense", "data.nonsense"):
        with pytest.raises(stripe.InvalidRequestError):
            sdk.v1.charges.list({"expand": [path]})


def test_a_deleted_customer_expands_to_its_stub(shop, sdk):
    joined = shop.join()
    sdk.v1.customers.delete(joined.customer)
    full = sdk.v1.subscriptions.retrieve(joined.id, {"expand": ["customer"]})
    assert full.customer.deleted is True
    assert not hasattr(full.customer, "email")
