from __future__ import annotations

from datetime import UTC, datetime

import pytest
import stripe

from donations.sandbox.objects.methods import card_updates


def month_from(sandbox, months):
    today = datetime.fromtimestamp(sandbox.world.clock.now(), UTC)
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return month + 1, year


@pytest.fixture
def kept(sdk, sandbox):
    """A card that expires in three months, kept by a customer."""
    month, year = month_from(sandbox, 3)
    customer = sdk.v1.customers.create({"email": "reader@example.org"}).id

    def kept(number="4242424242424242"):
        made = sdk.v1.payment_methods.create(
            {"type": "card", "card": {"number": number, "exp_month": month, "exp_year": year}}
        )
        return sdk.v1.payment_methods.attach(made.id, {"customer": customer})

    return kept


def charge(sdk, method):
    return sdk.v1.payment_intents.create(
        {
            "amount": 1500,
            "currency": "usd",
            "customer": method.customer,
            "payment_method": method.id,
            "confirm": True,
            "off_session": True,
        }
    )


def test_a_kept_card_is_renewed_before_it_runs_out(sdk, sandbox, kept, shop):
    method = kept()
    sandbox.control("advance", {"months": 3})
    renewed = sdk.v1.payment_methods.retrieve(method.id).card
    assert renewed.exp_year > method.card.exp_year
    assert shop.happened().count("payment_method.automatically_updated") == 1
    sandbox.control("advance", {"months": 2})
    assert charge(sdk, method).status == "succeeded"


def test_switched_off_the_card_runs_out_and_is_declined(sdk, sandbox, kept, shop):
    sandbox.control("faults", {"automatic_updates": False})
    method = kept()
    sandbox.control("advance", {"months": 5})
    with pytest.raises(stripe.CardError) as declined:
        charge(sdk, method)
    assert declined.value.code == "expired_card"
    sandbox.control("faults", {"automatic_updates": True})
    sandbox.control("advance", {"months": 2})
    assert charge(sdk, method).status == "succeeded"
    assert "payment_method.automatically_updated" in shop.happened()


def test_networks_that_do_not_take_part_renew_nothing(sdk, sandbox, kept, shop):
    kept("3566002020360505")  # JCB
    sandbox.control("advance", {"months": 5})
    assert "payment_method.automatically_updated" not in shop.happened()


def test_a_card_nobody_keeps_any_more_is_left_alone(sdk, sandbox, kept, shop):
    sdk.v1.payment_methods.detach(kept().id)
    sandbox.control("advance", {"months": 5})
    assert "payment_method.automatically_updated" not in shop.happened()


def test_another_expiry_moves_the_renewal(sdk, sandbox, kept, shop):
    method = kept()
    month, year = month_from(sandbox, 10)
    sdk.v1.payment_methods.update(method.id, {"card": {"exp_month": month, "exp_year": year}})
    sandbox.control("advance", {"months": 5})
    assert "payment_method.automatically_updated" not in shop.happened()
    sandbox.control("advance", {"months": 6})
    assert shop.happened().count("payment_method.automatically_updated") == 1


def test_a_new_card_may_bring_a_new_number(sdk, sandbox, kept):
    method = sandbox.world.store.get("payment_method", kept().id)
    card_updates.renew(sandbox.world, method, last4="1881")
    assert sdk.v1.payment_methods.retrieve(method["id"]).card.last4 == "1881"
    told = next(iter(sandbox.world.store.all("event")))
    assert told["data"]["previous_attributes"]["card"]["last4"] == "4242"
