from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.objects.methods import bank_days
from donations.sandbox.world import presented

BACK = "http://newsroom.test/back"


@pytest.fixture(autouse=True)
def shape_clean(sandbox):
    yield
    for kind in ("payment_intent", "charge", "mandate", "checkout.session"):
        for entry in sandbox.world.store.all(kind):
            assert problems_of(presented(entry)) == []


@pytest.fixture
def debit(sdk):
    def debit(name="pm_sepaDebit_success_de", **more):
        return sdk.v1.payment_intents.create(
            {
                "amount": 1500,
                "currency": "eur",
                "payment_method": name,
                "confirm": True,
                "return_url": BACK,
                **more,
            }
        )

    return debit


def wait(sandbox, days):
    """Let so many bank days pass, and a minute."""
    now = sandbox.world.clock.now()
    sandbox.control("advance", {"to": bank_days.later(now, days) + 60})


def test_a_debit_is_pending_for_five_bank_days_and_then_paid_by_itself(sdk, debit, sandbox, shop):
    intent = debit(expand=["latest_charge"])
    charge = intent.latest_charge
    assert (intent.status, charge.status, charge.paid) == ("processing", "pending", False)
    assert charge.id.startswith("py_")
    assert charge.payment_method_details.sepa_debit.expected_debit_date
    wait(sandbox, 4)
    assert sdk.v1.payment_intents.retrieve(intent.id).status == "processing"
    wait(sandbox, 1)
    paid = sdk.v1.payment_intents.retrieve(
        intent.id, {"expand": ["latest_charge.balance_transaction"]}
    )
    assert (paid.status, paid.amount_received) == ("succeeded", 1500)
    assert paid.latest_charge.balance_transaction.type == "payment"
    assert shop.happened()[-3:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
    ]


def test_a_debit_makes_a_mandate_that_the_next_one_uses(sdk, debit):
    customer = sdk.v1.customers.create({"email": "reader@example.org"}).id
    given = {"customer_acceptance": {"type": "offline", "accepted_at": 1_700_000_000}}
    with pytest.raises(stripe.InvalidRequestError, match="`mandate_data` is required"):
        debit(customer=customer, setup_future_usage="off_session")
    first = debit(
        customer=customer,
        setup_future_usage="off_session",
        mandate_data=given,
        expand=["latest_charge"],
    )
    name = first.latest_charge.payment_method_details.sepa_debit.mandate
    mandate = sdk.v1.mandates.retrieve(name)
    assert mandate.customer_acceptance.accepted_at == 1_700_000_000
    again = debit(
        first.payment_method,
        customer=customer,
        off_session=True,
        mandate=name,
        expand=["latest_charge"],
    )
    assert again.latest_charge.payment_method_details.sepa_debit.mandate == name
    with pytest.raises(stripe.InvalidRequestError, match="No such mandate"):
        debit(first.payment_method, customer=customer, mandate="mandate_nothing")


def test_a_debit_is_in_euros(debit):
    with pytest.raises(stripe.InvalidRequestError, match="not allowed") as refused:
        debit(currency="usd")
    assert refused.value.code == "payment_intent_incompatible_payment_method"


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("pm_sepaDebit_failed_de", "payment_intent_payment_attempt_failed"),
        ("pm_sepaDebit_insufficientFunds_fr", "insufficient_funds"),
        ("pm_sepaDebit_exceedsWeeklyVolumeLimit_at", "charge_exceeds_source_limit"),
    ],
)
def test_some_accounts_do_not_pay(sdk, debit, sandbox, shop, name, failure):
    intent = debit(name)
    wait(sandbox, 5)
    intent = sdk.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert intent.status == "requires_payment_method"
    assert (intent.latest_charge.status, intent.latest_charge.failure_code) == ("failed", failure)
    assert intent.last_payment_error.payment_method_type == "sepa_debit"
    assert shop.happened()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("pm_sepaDebit_successDelayed_de", "succeeded"),
        ("pm_sepaDebit_failedDelayed_de", "requires_payment_method"),
    ],
)
def test_some_accounts_take_two_weeks_and_more(sdk, debit, sandbox, name, status):
    intent = debit(name)
    wait(sandbox, 13)
    assert sdk.v1.payment_intents.retrieve(intent.id).status == "processing"
    wait(sandbox, 1)
    assert sdk.v1.payment_intents.retrieve(intent.id).status == status


def test_a_debit_taken_back_is_lost_at_once(sdk, debit, sandbox):
    intent = debit("pm_sepaDebit_disputed_de")
    wait(sandbox, 5)
    (dispute,) = sdk.v1.disputes.list({"payment_intent": intent.id}).data
    assert (dispute.status, dispute.amount) == ("lost", 1500)
    assert sum(each.net for each in dispute.balance_transactions) < -1500


def test_whoever_decides_before_the_day_is_not_decided_over(sdk, debit, sandbox):
    intent = debit()
    sandbox.control("async_payment", {"payment_intent": intent.id, "outcome": "failed"})
    wait(sandbox, 5)
    assert sdk.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_a_debit_under_way_cannot_be_called_back(sdk, debit):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.payment_intents.cancel(debit().id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_session_paid_by_debit_tells_when_the_bank_has_decided(sdk, sandbox, shop):
    session = shop.give(method="sepa_debit", currency="eur")
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    wait(sandbox, 5)
    assert sdk.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert shop.happened().count("checkout.session.async_payment_succeeded") == 1
