"""A reader in the billing portal, and the newsroom's catalogue."""

from __future__ import annotations

import pytest
from tests_support.portal import Portal


@pytest.fixture
def portal(sdk, http, shop):
    return Portal(sdk, http, shop)


@pytest.fixture
def plans(sdk):
    """Two prices of the catalogue, monthly and yearly, and one in another currency."""
    product = sdk.v1.products.create({"name": "Friends"}).id

    def price(amount, interval="month", currency="usd"):
        return sdk.v1.prices.create(
            {
                "product": product,
                "unit_amount": amount,
                "currency": currency,
                "recurring": {"interval": interval},
            }
        ).id

    return {
        "product": product,
        "month": price(2500),
        "year": price(24_000, "year"),
        "euro": price(2000, currency="eur"),
    }
