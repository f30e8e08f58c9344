from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of

EVERYTHING = {
    "business_profile": {
        "headline": "Thank you",
        "privacy_policy_url": "https://example.org/privacy",
        "terms_of_service_url": "https://example.org/terms",
    },
    "default_return_url": "https://example.org/account",
    "features": {
        "customer_update": {"enabled": True, "allowed_updates": ["email", "shipping"]},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {
            "enabled": True,
            "mode": "immediately",
            "proration_behavior": "create_prorations",
            "cancellation_reason": {"enabled": True, "options": ["unused", "other"]},
        },
        "subscription_pause": {
            "enabled": True,
            "duration": {
                "type": "interval_options",
                "interval_options": [{"interval": "week", "interval_count": 2}],
            },
        },
    },
    "login_page": {"enabled": True},
    "metadata": {"room": "news"},
    "name": "Readers",
}


@pytest.fixture
def configurations(sdk):
    return sdk.v1.billing_portal.configurations


def test_a_configuration_says_what_it_was_given_and_stays_clean(configurations, shop):
    made = configurations.create(EVERYTHING)
    kept = configurations.retrieve(made.id).to_dict()
    assert problems_of(kept) == []
    assert kept["business_profile"] == EVERYTHING["business_profile"]
    assert kept["features"]["subscription_cancel"]["cancellation_reason"]["options"] == [
        "unused",
        "other",
    ]
    pause = kept["features"]["subscription_pause"]["duration"]["interval_options"]
    assert pause == [{"interval": "week", "interval_count": 2}]
    assert (kept["name"], kept["metadata"], kept["is_default"]) == (
        "Readers",
        {"room": "news"},
        False,
    )
    assert "/p/login/" in kept["login_page"]["url"]
    assert shop.happened()[-1] == "billing_portal.configuration.created"


def test_what_is_not_spoken_of_is_off_with_stripes_defaults(configurations):
    features = configurations.create({"features": {"invoice_history": {"enabled": True}}}).features
    assert not features.customer_update.enabled
    assert features.subscription_cancel.mode == "at_period_end"
    assert features.subscription_cancel.proration_behavior == "none"
    assert features.subscription_update.billing_cycle_anchor == "unchanged"
    one = features.subscription_pause.duration.interval_options[0]
    assert (one.interval, one.interval_count) == ("month", 1)


def test_an_update_merges_features_and_tells_what_was_before(configurations, sandbox, shop):
    made = configurations.create(EVERYTHING)
    later = configurations.update(
        made.id,
        {
            "features": {
                "subscription_cancel": {"mode": "at_period_end", "proration_behavior": "none"}
            },
            "metadata": {"room": ""},
            "name": "",
            "business_profile": {"headline": ""},
        },
    )
    assert later.features.subscription_cancel.enabled
    assert later.features.subscription_cancel.cancellation_reason.options == ["unused", "other"]
    assert (later.name, later.metadata.to_dict()) == (None, {})
    assert later.business_profile.headline is None
    assert later.business_profile.privacy_policy_url == "https://example.org/privacy"
    event = next(sandbox.world.store.all("event"))
    assert event["type"] == "billing_portal.configuration.updated"
    assert event["data"]["previous_attributes"]["name"] == "Readers"
    count = len(shop.happened())
    configurations.update(made.id, {"metadata": {}})
    assert len(shop.happened()) == count


def test_there_is_a_default_as_after_saving_the_dashboards_settings(configurations):
    found = configurations.list({"is_default": True}).data
    assert len(found) == 1
    assert problems_of(found[0].to_dict()) == []
    assert found[0].features.subscription_cancel.enabled
    assert not found[0].features.subscription_update.enabled
    assert not found[0].features.subscription_pause.enabled
    assert configurations.list().data[0].id == found[0].id


def test_lists_are_filtered_by_what_is_active_and_default(configurations):
    made = configurations.create(EVERYTHING)
    configurations.update(made.id, {"active": False})
    assert [each.id for each in configurations.list({"active": False}).data] == [made.id]
    assert [each.id for each in configurations.list({"is_default": False}).data] == [made.id]
    assert made.id not in [each.id for each in configurations.list({"active": True}).data]


def test_the_default_cannot_be_deactivated_and_can_be_changed(configurations):
    default = configurations.list({"is_default": True}).data[0]
    with pytest.raises(stripe.InvalidRequestError, match="default configuration"):
        configurations.update(default.id, {"active": False})
    assert configurations.update(default.id, {"name": "House"}).name == "House"


def test_a_login_page_comes_and_goes(configurations):
    made = configurations.create(EVERYTHING)
    same = configurations.update(made.id, {"login_page": {"enabled": True}})
    assert same.login_page.url == made.login_page.url
    gone = configurations.update(made.id, {"login_page": {"enabled": False}})
    assert (gone.login_page.enabled, gone.login_page.url) == (False, None)


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"default_return_url": "javascript:alert(1)"}, "default_return_url"),
        (
            {"business_profile": {"privacy_policy_url": "nowhere"}},
            "business_profile[privacy_policy_url]",
        ),
        ({"business_profile": {"headline": "x" * 61}}, "business_profile[headline]"),
    ],
)
def test_addresses_and_headlines_are_checked(configurations, given, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        configurations.create({"features": {"invoice_history": {"enabled": False}}, **given})
    assert refused.value.param == param


def test_features_are_required(configurations):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        configurations.create({"name": "Readers"})
    assert refused.value.param == "features"


def test_one_list_can_be_expanded_though_its_name_is_short(configurations):
    assert configurations.list({"expand": ["data.application"]}).data[0].application is None
