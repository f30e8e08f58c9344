"""Products and prices."""

from __future__ import annotations

from sandbox_checks.chapters.wares import MONTHLY, price
from sandbox_checks.talking import ask, refused

CATALOGUE = (
    ask("products.create", {"id": "support", "name": "Support"}),
    ask(
        "products.create",
        {"name": "Mug", "description": "Holds tea", "active": True, "metadata": {"shelf": "3"}},
        keep="mug",
    ),
    ask("products.retrieve", "support"),
    ask("products.update", "@mug", {"name": "Blue mug", "metadata": {"shelf": ""}}),
    ask("products.update", "@mug", {"active": False}),
    ask("products.list", {"limit": 1}),
    ask("products.list", {"active": True}),
    ask("products.list", {"ids": ["support"]}),
    ask("prices.create", price(2000, nickname="Monthly", recurring=MONTHLY), keep="monthly"),
    ask("prices.create", price(500, lookup_key="small"), keep="small"),
    ask(
        "prices.create",
        {
            "currency": "eur",
            "unit_amount": 700,
            "product_data": {"name": "Sticker"},
            "metadata": {"n": "1"},
        },
        keep="sticker",
    ),
    ask("prices.create", price(600, lookup_key="small", transfer_lookup_key=True), keep="newer"),
    ask("prices.update", "@small", {"lookup_key": "small", "transfer_lookup_key": True}),
    ask("prices.retrieve", "@monthly", {"expand": ["product"]}),
    ask("prices.list", {"product": "support"}),
    ask("prices.list", {"lookup_keys": ["small"]}),
    ask("prices.list", {"recurring": {"interval": "month"}, "active": True}),
    refused("resource_already_exists", "products.create", {"id": "support", "name": "Again"}),
    refused("resource_missing", "prices.retrieve", "price_nobody"),
)
