from __future__ import annotations

import pytest
import stripe


@pytest.fixture
def create(sdk):
    def create(**features):
        return sdk.v1.billing_portal.configurations.create({"features": features}).features

    return create


def refused(create, **features):
    with pytest.raises(stripe.InvalidRequestError) as told:
        create(**features)
    return told.value


def test_an_empty_list_of_updates_leaves_customers_as_they_are(create):
    features = create(customer_update={"enabled": True, "allowed_updates": ""})
    assert features.customer_update.allowed_updates == []


def test_tax_ids_are_refused_because_the_sandbox_keeps_none(create):
    wrong = refused(create, customer_update={"enabled": True, "allowed_updates": ["tax_id"]})
    assert wrong.param == "features[customer_update][allowed_updates]"


def test_cancellations_never_make_an_invoice_and_credit_only_when_they_are_immediate(create):
    always = {"enabled": True, "mode": "immediately", "proration_behavior": "always_invoice"}
    assert "always_invoice" in str(refused(create, subscription_cancel=always))
    later = {"enabled": True, "mode": "at_period_end", "proration_behavior": "create_prorations"}
    assert "immediately" in str(refused(create, subscription_cancel=later))
    now = {"enabled": True, "mode": "immediately", "proration_behavior": "create_prorations"}
    assert create(subscription_cancel=now).subscription_cancel.mode == "immediately"


def test_a_pause_lasts_for_an_interval_or_until_it_is_ended(create):
    endless = create(subscription_pause={"enabled": True, "duration": {"type": "indefinite"}})
    assert endless.subscription_pause.duration.interval_options == []
    choice = {"type": "interval_options", "interval_options": [{"interval": "month"}]}
    chosen = create(subscription_pause={"enabled": True, "duration": choice})
    assert chosen.subscription_pause.duration.interval_options[0].interval_count == 1


@pytest.mark.parametrize(
    "options",
    [None, [{"interval": "year", "interval_count": 4}], [{"interval": "day", "interval_count": 0}]],
)
def test_a_pause_has_its_options_and_at_most_three_years(create, options):
    duration = {"type": "interval_options", **({"interval_options": options} if options else {})}
    wrong = refused(create, subscription_pause={"enabled": True, "duration": duration})
    assert wrong.param.startswith("features[subscription_pause][duration][interval_options]")


@pytest.mark.parametrize(
    "features",
    [
        {"payment_method_update": {"enabled": True, "payment_method_configuration": "pmc_1"}},
        {
            "subscription_cancel": {
                "enabled": True,
                "cancellation_reason": {
                    "enabled": True,
                    "options": ["other"],
                    "feedback_options": ["fdbk_1"],
                },
            }
        },
        {"subscription_update": {"enabled": False, "trial_update_behavior": "end_trial"}},
        {
            "subscription_update": {
                "enabled": False,
                "schedule_at_period_end": {"conditions": [{"type": "shortening_interval"}]},
            }
        },
    ],
)
def test_what_has_no_effect_here_is_refused(create, features):
    assert "gives" in str(refused(create, **features))
