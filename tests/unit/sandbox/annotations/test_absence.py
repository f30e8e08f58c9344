from __future__ import annotations

import functools

import pytest
import stripe

from donations.sandbox.annotations.absence import EVERY, LEFT_OUT, left_out
from donations.sandbox.annotations.reading import fields_of


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_the_table_speaks_of_fields_the_sdk_declares(name):
    owner = functools.reduce(getattr, name.split("."), stripe)
    named = LEFT_OUT[name]
    assert named == EVERY or set(named.split()) <= fields_of(owner).keys()
    assert all(
        left_out(owner, field) for field in (fields_of(owner) if named == EVERY else named.split())
    )


def test_what_stripe_answers_as_null_is_not_left_out():
    assert not left_out(stripe.Refund, "receipt_number")
    assert not left_out(stripe.Coupon.AppliesTo, "products")
