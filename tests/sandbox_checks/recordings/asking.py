"""How the recorded facts are asked for."""

from __future__ import annotations

import pytest
import stripe

RETURN = "http://127.0.0.1:1/thanks"


def happened(sandbox):
    return [event["type"] for event in sandbox.world.store.tables["event"].values()]


def refusal(verb, *given):
    with pytest.raises(stripe.StripeError) as refused:
        verb(*given)
    return refused.value


def dispute_of(sdk, charge):
    return sdk.v1.disputes.list({"charge": charge.id}).data[0]
