"""A reader in the sandbox's billing portal."""

from __future__ import annotations

import re
from urllib.parse import urljoin

RETURN = "http://127.0.0.1:1/account"
CARD = {
    "method": "card",
    "card_number": "4242424242424242",
    "expiry": "12/34",
    "cvc": "123",
    "name": "Vera",
}


class Portal:
    """Opens the portal for the customer of a subscription and walks in it as a browser would."""

    def __init__(self, sdk, http, shop):
        self.sdk = sdk
        self.http = http
        self.subscription = shop.join()
        self.customer = self.subscription.customer
        self.session = None
        http.headers["Accept-Language"] = "en"
        http.headers.pop("Authorization", None)

    def configure(self, **features):
        return self.sdk.v1.billing_portal.configurations.create({"features": features}).id

    def open(self, **more):
        self.session = self.sdk.v1.billing_portal.sessions.create(
            {"customer": self.customer, "return_url": RETURN, **more}
        )
        return self.session

    def flow(self, kind, **more):
        after = more.pop("after_completion", None)
        about = {} if kind == "payment_method_update" else {kind: self._about(more)}
        data = {"type": kind, **about, **({"after_completion": after} if after else {})}
        return self.open(flow_data=data, **more)

    def _about(self, more):
        about = {"subscription": self.subscription.id}
        return about | ({"items": more.pop("items")} if "items" in more else {})

    @property
    def own(self):
        """The path of the subscription's pages."""
        return f"subscriptions/{self.subscription.id}"

    def get(self, path="", **more):
        return self.http.get(self._at(path), allow_redirects=False, **more)

    def post(self, path, **data):
        return self.http.post(self._at(path), data=data, allow_redirects=False)

    def done(self, path, **data):
        """Send a form, see that it was taken, and follow to the page that says so."""
        answer = self.post(path, **data)
        assert answer.status_code == 303, answer.text
        there = urljoin(answer.url, answer.headers["Location"])
        return self.http.get(there, allow_redirects=False)

    def _at(self, path):
        if path.startswith("http"):
            return path
        return self.session.url + (path if path.startswith("?") else f"/{path}" if path else "")

    def refreshed(self):
        return self.sdk.v1.subscriptions.retrieve(self.subscription.id)

    def buyer(self):
        return self.sdk.v1.customers.retrieve(self.customer)


def text(answer):
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def updating(plans, *prices, **more):
    """The features a change of plan needs."""
    offered = [plans[name] for name in prices or ("month", "year", "euro")]
    return {
        "payment_method_update": {"enabled": True},
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price"],
            "products": [{"product": plans["product"], "prices": offered}],
            **more,
        },
    }
