from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.objects import customers
from donations.sandbox.objects.portal import portal_configurations, portal_sessions
from donations.sandbox.state_file import StateFile
from donations.sandbox.world import World


@pytest.fixture
def customer(shop):
    return shop.join().customer


@pytest.fixture
def create(sdk):
    return sdk.v1.billing_portal.sessions.create


def kept(sandbox, session):
    return sandbox.world.store.get(portal_sessions.KIND, session.id)


def test_a_session_is_an_address_nobody_can_guess(create, customer, sdk, shop, sandbox):
    session = create({"customer": customer, "return_url": "https://example.org/account"})
    assert problems_of(session.to_dict()) == []
    assert session.url.startswith(f"{sandbox.base_url}/p/session/test_")
    assert len(session.url.partition("test_")[2]) > 20
    default = sdk.v1.billing_portal.configurations.list({"is_default": True}).data[0]
    assert (session.configuration, session.flow, session.locale) == (default.id, None, None)
    assert shop.happened()[-1] == "billing_portal.session.created"
    assert create({"customer": customer}).url != session.url


def test_the_configuration_can_be_expanded_and_gives_the_way_back(create, customer, sdk):
    own = sdk.v1.billing_portal.configurations.create(
        {
            "features": {"invoice_history": {"enabled": False}},
            "default_return_url": "https://example.org/back",
        }
    )
    session = create({"customer": customer, "configuration": own.id, "expand": ["configuration"]})
    assert session.configuration.id == own.id
    assert session.return_url == "https://example.org/back"


def test_who_it_is_for_must_be_there(create, customer, sdk):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create({})
    assert (refused.value.code, refused.value.param) == ("parameter_missing", "customer")
    sdk.v1.customers.delete(customer)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create({"customer": customer})
    assert (refused.value.code, refused.value.param) == ("resource_missing", "customer")


def test_an_inactive_configuration_opens_nothing(create, customer, sdk):
    own = sdk.v1.billing_portal.configurations.create(
        {"features": {"invoice_history": {"enabled": False}}}
    )
    sdk.v1.billing_portal.configurations.update(own.id, {"active": False})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create({"customer": customer, "configuration": own.id})
    assert refused.value.param == "configuration"


@pytest.mark.parametrize(
    "given",
    [
        {"on_behalf_of": "acct_1"},
        {"customer_account": "acct_1"},
        {"return_url": "not an address"},
        {"locale": "tlh"},
        {
            "flow_data": {
                "type": "subscription_cancel",
                "subscription_cancel": {
                    "subscription": "sub_1",
                    "retention": {"type": "coupon_offer", "coupon_offer": {"coupon": "c"}},
                },
            }
        },
    ],
)
def test_what_is_wrong_or_has_no_effect_is_refused(create, customer, given):
    with pytest.raises(stripe.InvalidRequestError):
        create({"customer": customer, **given})


def test_it_opens_for_five_minutes_and_then_as_long_as_it_is_used(create, customer, sandbox, shop):
    world = sandbox.world
    session = kept(sandbox, create({"customer": customer}))
    shop.advance(seconds=299)
    assert portal_sessions.is_open(world, session)
    portal_sessions.visit(world, session)
    shop.advance(seconds=3500)
    portal_sessions.visit(world, session)
    shop.advance(seconds=3500)
    assert portal_sessions.is_open(world, session)
    shop.advance(seconds=101)
    assert not portal_sessions.is_open(world, session)
    unvisited = kept(sandbox, create({"customer": customer}))
    shop.advance(seconds=301)
    assert not portal_sessions.is_open(world, unvisited)


def test_a_deleted_customers_session_is_closed(create, customer, sandbox, sdk):
    session = kept(sandbox, create({"customer": customer}))
    sdk.v1.customers.delete(customer)
    assert not portal_sessions.is_open(sandbox.world, session)


def test_a_test_clock_neither_ages_a_session_nor_keeps_it_young(sdk, sandbox, create):
    clock = sdk.v1.test_helpers.test_clocks.create({"frozen_time": 1_700_000_000})
    customer = sdk.v1.customers.create({"test_clock": clock.id}).id
    session = kept(sandbox, create({"customer": customer}))
    assert session["created"] == 1_700_000_000
    assert portal_sessions.is_open(sandbox.world, session)
    sandbox.control("advance", {"seconds": 301})
    assert not portal_sessions.is_open(sandbox.world, session)


def test_an_expired_session_is_replaced_for_its_own_reader_in_time(create, customer, sandbox, sdk):
    world = sandbox.world
    email = sdk.v1.customers.retrieve(customer).email
    plain = create({"customer": customer})
    deadline = plain.created + 1000
    session = create(
        {
            "customer": customer,
            "locale": "ru",
            "after_expiration": {
                "type": "customer_login",
                "customer_login": {"expires_at": deadline},
            },
        }
    )
    assert session.after_expiration.customer_login.expires_at == deadline
    assert portal_sessions.replace(world, kept(sandbox, plain), email) is None
    assert portal_sessions.replace(world, kept(sandbox, session), "else@example.org") is None
    fresh = portal_sessions.replace(world, kept(sandbox, session), f" {email.upper()} ")
    assert (fresh["locale"], fresh["customer"]) == ("ru", customer)
    sandbox.control("advance", {"seconds": 1001})
    assert portal_sessions.replace(world, kept(sandbox, session), email) is None


def test_it_outlives_a_restart_with_the_default_configuration(tmp_path):
    def running():
        world = World(file=StateFile(tmp_path / "state"))
        world.load()
        return world

    first = running()
    customer = customers.create(first, {"email": "vera@example.org"})
    session = portal_sessions.create(first, {"customer": customer["id"]})
    portal_sessions.visit(first, session)
    first.save()
    first.file.close()
    again = running()
    kept = portal_sessions.of_token(again, session["_token"])
    assert kept == session
    assert portal_configurations.default(again)["id"] == session["configuration"]
    assert portal_sessions.of_token(again, "test_other") is None
    again.file.close()
