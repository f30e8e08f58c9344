from __future__ import annotations

import pytest

from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import presented


def test_metadata_goes_exactly_where_it_was_put_in_payment_mode(shop, sdk):
    session = shop.give(
        metadata={"on": "session"},
        payment_intent_data={"metadata": {"on": "intent"}, "statement_descriptor_suffix": "GIFT"},
    )
    charge = shop.charge(session)
    intent = sdk.v1.payment_intents.retrieve(session.payment_intent)
    assert session.metadata.to_dict() == {"on": "session"}
    assert intent.metadata.to_dict() == charge.metadata.to_dict() == {"on": "intent"}
    assert charge.calculated_statement_descriptor == "THE MOSCOW* GIFT"


def test_metadata_goes_exactly_where_it_was_put_in_subscription_mode(shop, sdk):
    joined = shop.join(
        metadata={"on": "session"}, subscription_data={"metadata": {"on": "subscription"}}
    )
    assert joined.metadata.to_dict() == {"on": "subscription"}
    sdk.v1.subscriptions.update(joined.id, {"metadata": {"on": "later"}})
    [invoice] = shop.invoices(joined)
    details = invoice.parent.subscription_details
    assert details.metadata.to_dict() == {"on": "subscription"}
    intents = sdk.v1.payment_intents.list().data
    assert [intent.metadata.to_dict() for intent in intents] == [{}]


def test_in_subscription_mode_the_payment_comes_before_subscription_and_invoice(shop):
    shop.join()
    told = shop.happened()
    order = [
        "charge.succeeded",
        "payment_intent.succeeded",
        "customer.subscription.created",
        "invoice.paid",
        "customer.subscription.updated",
        "checkout.session.completed",
        "charge.updated",
    ]
    assert [name for name in told if name in order] == order


def test_a_guest_stays_without_a_customer_unless_one_is_wanted(shop, sdk):
    assert shop.give().customer is None
    wanted = shop.give(customer_creation="always")
    assert sdk.v1.customers.retrieve(wanted.customer).email == "reader@example.org"


def test_a_known_customer_is_used_again(shop, sdk):
    first = shop.give(customer_creation="always")
    second = shop.give(customer=first.customer)
    assert second.customer == first.customer
    assert second.customer_details.email == "reader@example.org"


def test_a_decline_can_be_followed_by_success_in_the_same_session(shop, sandbox, sdk):
    session = shop.open()
    told = sandbox.control("pay", {"session": session.id, "card": "4000000000009995"})
    assert told["outcome"] == "declined"
    assert told["message"] == "Your card has insufficient funds. Try a different card."
    sandbox.control("pay", {"session": session.id})
    done = sdk.v1.checkout.sessions.retrieve(session.id)
    intent = sdk.v1.payment_intents.retrieve(done.payment_intent)
    assert (intent.status, intent.last_payment_error) == ("succeeded", None)
    assert [each.status for each in sdk.v1.charges.list().data] == ["succeeded", "failed"]
    assert len(sdk.v1.payment_intents.list().data) == 1


def test_3d_secure_must_be_passed(shop, sandbox, sdk):
    session = shop.open()
    order = {"session": session.id, "card": "4000002760003184"}
    assert sandbox.control("pay", order)["outcome"] == "challenge"
    assert sandbox.control("pay", order | {"challenge": "fail"})["outcome"] == "declined"
    assert sdk.v1.charges.list().data == []
    assert sandbox.control("pay", order | {"challenge": "complete"})["outcome"] == "complete"


@pytest.mark.parametrize(
    ("verdict", "status", "event"),
    [("succeeded", "paid", "succeeded"), ("failed", "unpaid", "failed")],
)
def test_a_delayed_payment_is_decided_later(shop, sdk, sandbox, verdict, status, event):
    session = shop.give(method="sepa_debit")
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert sdk.v1.payment_intents.retrieve(session.payment_intent).status == "processing"
    assert sdk.v1.balance_transactions.list().data == []
    sandbox.control("async_payment", {"session": session.id, "outcome": verdict})
    assert sdk.v1.checkout.sessions.retrieve(session.id).payment_status == status
    assert f"checkout.session.async_payment_{event}" in shop.happened()
    assert len(sdk.v1.balance_transactions.list().data) == (verdict == "succeeded")


def test_a_delayed_payment_is_decided_once(shop, sandbox):
    session = shop.give(method="sepa_debit")
    sandbox.control("async_payment", {"session": session.id})
    with pytest.raises(Refusal, match="only a processing one"):
        sandbox.control("async_payment", {"session": session.id})


def test_the_same_session_is_not_paid_twice(shop, sandbox, sdk):
    session = shop.give()
    with pytest.raises(Refusal, match="complete"):
        sandbox.control("pay", {"session": session.id})
    assert len(sdk.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [(1500, "usd", 74), (1500, "eur", 48), (1500, "jpy", 54), (1500, "gbp", 43)],
)
def test_fees_are_counted_in_minor_units_of_each_currency(shop, amount, currency, fee):
    booked = shop.charge(shop.give(amount=amount, currency=currency)).balance_transaction
    assert (booked.amount, booked.fee, booked.net) == (amount, fee, amount - fee)


def test_a_charge_says_where_its_card_was_issued(shop):
    charge = shop.charge(shop.give(card="4000006430000009"))
    assert charge.payment_method_details.card.country == "RU"


def test_every_object_has_the_shape_its_type_declares(shop, sandbox):
    for card in ("4242424242424242", "4000000000000259", "4000000000007726", "4000000000005126"):
        session = shop.give(card=card, customer_creation="always")
        if card != "4000000000000259":
            sandbox.control("refund", {"payment_intent": session.payment_intent})
    shop.give(card="4000002760003184")
    shop.give(method="sepa_debit")
    shop.join(card="4000000000000341")
    shop.join(method="sepa_debit")
    sandbox.control("pay", {"session": shop.open().id, "card": "4000000000000002"})
    shop.open()
    shop.advance(days=60)
    wrong = [
        (kind, entry["id"], problem)
        for kind, table in sandbox.world.store.tables.items()
        if kind != "subscription_item"  # only says where the item is
        for entry in table.values()
        for problem in problems_of(presented(entry))
    ]
    assert wrong == []
    assert len(sandbox.world.store.tables) >= 13


def test_an_account_that_takes_no_debits_is_refused_at_its_number(shop, reader, sdk):
    session = shop.open()
    answer = reader.send(session, method="sepa_debit", iban="DE91370400440000055555")
    assert answer.status_code == 402
    assert 'id="iban-wrong"' in answer.text
    assert sdk.v1.payment_intents.list().data == []


def test_the_account_that_was_typed_is_the_one_debited(shop, reader):
    session = reader.done(
        shop.open(), method="sepa_debit", iban="FR14 2004 1010 0505 0001 3M02 606"
    )
    details = shop.charge(session).payment_method_details.sepa_debit
    assert (details.country, details.last4) == ("FR", "2606")


def test_the_number_of_a_card_is_not_kept_with_the_session(shop, sandbox, reader):
    session = shop.open(customer_creation="always")
    reader.done(session)
    kept = sandbox.world.store.tables["checkout.session"][session.id]
    assert "4242424242424242" not in str(kept)
