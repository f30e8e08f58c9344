"""Stripe's own sample objects, held against the reader of the SDK's types.

`fixtures3.json` (August 2026, `dahlia`, MIT) comes from Stripe's repository `openapi`.  It is no
part of this repository and is looked for beside it, in `shared/stripe`.
"""

from __future__ import annotations

import json

import pytest
from sandbox_checks.conftest import FIXTURES

from donations.sandbox.annotations.shaping import problems_of

NEWER = "declared by the SDK, which is a version newer than the samples"
NO_CLASS = "the SDK has no class for this kind"
LEGACY = "the sample still carries a field the API has dropped"

DIFFERENCES = {
    "account_session": {
        "components[payment_method_settings] missing": NEWER,
        "components[reporting_chart] missing": NEWER,
        "components[terminal_hardware_orders] missing": NEWER,
        "components[terminal_hardware_shop] missing": NEWER,
    },
    "billing_portal.configuration": {"features[subscription_pause] missing": NEWER},
    "customer_session": {
        "components[active_entitlements] missing": NEWER,
        "components[customer_portal] missing": NEWER,
    },
    "dispute": {"evidence_details[submission_method] missing": NEWER},
    "invoice": {"subscription unknown": LEGACY},
    "issuing.settlement": {"no class": NO_CLASS},
    "reserve.hold": {"destination missing": NEWER},
    "reserve.plan": {"destination missing": NEWER},
    "reserve.release": {
        "destination missing": NEWER,
        "reason choice": "the reason the sample gives was renamed",
    },
    "sigma.sigma_api_query": {"no class": NO_CLASS},
    "subscription_schedule": {"pause_schedules missing": NEWER},
    "terminal.refund": {"no class": NO_CLASS},
}


def samples():
    if not FIXTURES.is_file():
        return {}
    return json.loads(FIXTURES.read_text())["resources"]


SAMPLES = samples()
absent = pytest.mark.skipif(
    not SAMPLES, reason="Stripe's fixtures3.json is not beside the repository"
)


def differences(sample):
    try:
        return {f"{each.param} {each.trouble}" for each in problems_of(sample)}
    except KeyError:
        return {"no class"}


@absent
@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_the_types_take_stripes_sample_but_for_the_known_differences(kind):
    assert differences(SAMPLES[kind]) == set(DIFFERENCES.get(kind, {}))


@absent
def test_every_known_difference_is_about_a_sample_there_is():
    assert DIFFERENCES.keys() <= SAMPLES.keys()
