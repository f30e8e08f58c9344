from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of

KINDS = ("subscription_cancel", "subscription_pause", "subscription_update")


@pytest.fixture
def friends(sdk):
    """A product with a price a member of the shop can change to."""
    product = sdk.v1.products.create({"name": "Friends"}).id
    return sdk.v1.prices.create(
        {
            "product": product,
            "unit_amount": 2500,
            "currency": "usd",
            "recurring": {"interval": "month"},
        }
    )


@pytest.fixture
def everything(sdk, friends):
    features = {
        "customer_update": {"enabled": True, "allowed_updates": ["email"]},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {"enabled": True},
        "subscription_pause": {"enabled": True},
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price", "quantity"],
            "products": [{"product": friends.product, "prices": [friends.id]}],
        },
    }
    return sdk.v1.billing_portal.configurations.create({"features": features}).id


@pytest.fixture
def member(shop):
    return shop.join()


@pytest.fixture
def start(sdk, member, everything):
    def start(kind, subscription=None, configuration=everything, after=None, **about):
        data = {"type": kind, **({"after_completion": after} if after else {})}
        if kind.startswith("subscription"):
            data[kind] = {"subscription": (subscription or member).id, **about}
        return sdk.v1.billing_portal.sessions.create(
            {"customer": member.customer, "configuration": configuration, "flow_data": data}
        )

    return start


def refused(start, *args, **more):
    with pytest.raises(stripe.InvalidRequestError) as told:
        start(*args, **more)
    return told.value


@pytest.mark.parametrize("kind", ["customer_update", "payment_method_update", *KINDS])
def test_every_kind_of_flow_is_kept_as_stripe_shows_it(start, kind, member):
    session = start(kind)
    assert problems_of(session.to_dict()) == []
    assert session.flow.type == kind
    assert session.flow.after_completion.type == "portal_homepage"
    others = {each for each in KINDS if each != kind}
    assert all(getattr(session.flow, each) is None for each in others)
    if kind in KINDS:
        assert getattr(session.flow, kind).subscription == member.id


def test_a_change_to_confirm_names_item_price_and_quantity(start, member, friends):
    item = member["items"].data[0].id
    session = start(
        "subscription_update_confirm", items=[{"id": item, "price": friends.id, "quantity": 2}]
    )
    assert problems_of(session.to_dict()) == []
    told = session.flow.subscription_update_confirm["items"][0]
    assert (told.id, told.price, told.quantity) == (item, friends.id, 2)


def test_nothing_to_confirm_something_not_offered_and_another_item_are_refused(
    start, member, friends, sdk
):
    item = member["items"].data[0]
    kind = "subscription_update_confirm"
    same = [{"id": item.id, "price": item.price.id}]
    assert "there are no changes to confirm." in str(refused(start, kind, items=same))
    unknown = [{"id": item.id, "price": "price_other"}]
    assert "must be included" in str(refused(start, kind, items=unknown))
    foreign = [{"id": "si_other", "price": friends.id}]
    assert refused(start, kind, items=foreign).param.endswith("items][0][id]")
    two = [{"id": item.id, "price": friends.id}] * 2
    assert "exactly one" in str(refused(start, kind, items=two))
    none = [{"id": item.id, "price": friends.id, "quantity": 0}]
    assert refused(start, kind, items=none).param.endswith("[quantity]")
    coupon = refused(
        start, kind, items=[{"id": item.id, "price": friends.id}], discounts=[{"coupon": "c"}]
    )
    assert "discounts" in str(coupon)


@pytest.mark.parametrize(
    ("kind", "done"),
    [
        ("subscription_cancel", "canceled"),
        ("subscription_pause", "paused"),
        ("subscription_update", "updated"),
    ],
)
def test_a_feature_that_is_off_has_no_flow(start, sdk, kind, done):
    bare = sdk.v1.billing_portal.configurations.create(
        {"features": {"invoice_history": {"enabled": False}}}
    ).id
    words = kind.replace("_", " ")
    told = str(refused(start, kind, configuration=bare))
    assert told.endswith(
        f"This subscription cannot be {done} because the {words} feature in the portal "
        "configuration is disabled."
    )


@pytest.mark.parametrize("kind", ["customer_update", "payment_method_update"])
def test_so_it_is_with_the_customers_own_flows(start, sdk, kind):
    bare = sdk.v1.billing_portal.configurations.create(
        {"features": {"invoice_history": {"enabled": False}}}
    ).id
    assert "disabled" in str(refused(start, kind, configuration=bare))


@pytest.mark.parametrize("kind", KINDS)
def test_anothers_and_an_ended_subscription_have_no_flow(start, shop, sdk, member, kind):
    other = shop.join()
    wrong = refused(start, kind, subscription=other)
    assert "does not belong" in str(wrong)
    assert wrong.param == f"flow_data[{kind}][subscription]"
    sdk.v1.subscriptions.cancel(member.id)
    assert "already canceled" in str(refused(start, kind))


def test_what_is_set_to_end_is_not_canceled_twice(start, sdk, member):
    sdk.v1.subscriptions.update(member.id, {"cancel_at_period_end": True})
    told = str(refused(start, "subscription_cancel"))
    assert told.endswith("The subscription is already set to be canceled at period end.")
    sdk.v1.subscriptions.update(member.id, {"cancel_at_period_end": False})
    sdk.v1.subscriptions.update(member.id, {"cancel_at": "max_period_end"})
    assert "already set" in str(refused(start, "subscription_cancel"))


def test_only_an_active_subscription_is_paused(start, sdk, member):
    sdk.v1.subscriptions.pause(member.id)
    assert "cannot be paused because it is paused" in str(refused(start, "subscription_pause"))


def test_the_flows_own_parameters_are_needed_and_no_others(sdk, member, everything):
    def start(data):
        given = {"customer": member.customer, "configuration": everything, "flow_data": data}
        return sdk.v1.billing_portal.sessions.create(given)

    assert refused(start, {"type": "subscription_cancel"}).code == "parameter_missing"
    mixed = {
        "type": "payment_method_update",
        "subscription_cancel": {"subscription": member.id},
    }
    assert refused(start, mixed).param == "flow_data[subscription_cancel]"


def test_after_completion_leads_away_confirms_or_goes_home(start):
    away = {"type": "redirect", "redirect": {"return_url": "https://example.org/thanks"}}
    after = start("payment_method_update", after=away).flow.after_completion
    assert after.redirect.return_url == "https://example.org/thanks"
    said = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Thanks"}}
    after = start("payment_method_update", after=said).flow.after_completion
    assert after.hosted_confirmation.custom_message == "Thanks"
    plain = start("payment_method_update", after={"type": "hosted_confirmation"})
    assert plain.flow.after_completion.hosted_confirmation.custom_message is None


@pytest.mark.parametrize(
    "after",
    [
        {"type": "redirect"},
        {"type": "redirect", "redirect": {"return_url": "nowhere"}},
        {"type": "portal_homepage", "redirect": {"return_url": "https://example.org"}},
    ],
)
def test_a_bad_end_of_a_flow_is_refused(start, after):
    assert refused(start, "payment_method_update", after=after).param.startswith(
        "flow_data[after_completion]"
    )
