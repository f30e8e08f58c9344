"""Makes up requests: the right shape most of the time, real ids, and now and then nonsense."""

from __future__ import annotations

import random
from typing import Literal, get_args, get_origin

from donations.sandbox.annotations.reading import alternatives, bare, fields_of, is_parameters

NONSENSE = (
    "", "0", "-1", "99999999999", "1e3", "null", "a" * 600, "\x00", "<script>", "\r\nX: y", "*",
)  # fmt: skip
WORDS = ("usd", "eur", "jpy", "month", "http://a.test/", "reader@example.org", "pm_card_visa", "x")
KINDS = {
    "configurations": "billing_portal.configuration",
    "early_fraud_warnings": "radar.early_fraud_warning",
    "invoiceitems": "invoiceitem",
    "sessions": "checkout.session",
    "test_clocks": "test_helpers.test_clock",
}
NAMED = {"default_payment_method": "payment_method", "id": "subscription_item"}


class Asking:
    """Requests for the operations of a sandbox's `world`, from a seed."""

    def __init__(self, world, seed):
        self.world = world
        self.dice = random.Random(seed)

    def path(self, operation):
        """The rule with ids of the kind it speaks of."""
        steps = operation.rule.split("/")
        return "/".join(
            self._id(KINDS.get(before, before.removesuffix("s"))) if "<" in step else step
            for before, step in zip(["", *steps], steps, strict=False)
        )

    def fields(self, owner, prefix="", depth=0):
        """Some of the parameters of the SDK's class `owner`, as a form has them."""
        form = {}
        for name, kind in fields_of(owner).items():
            chance = (0.12, 0.25)[depth > 0] if bare(kind)[1] else 0.95
            if name != "expand" and self.dice.random() < chance:
                self._fill(form, f"{prefix}[{name}]" if prefix else name, name, kind, depth)
        return form

    def _fill(self, form, key, name, kind, depth):
        arm = self.dice.choice(alternatives(bare(kind)[0]))
        outer, inner = get_origin(arm) or arm, get_args(arm)
        referred = NAMED.get(name, name)
        if self.dice.random() < 0.08:
            form[key] = self.dice.choice(NONSENSE)
        elif referred in self.world.store.tables:
            form[key] = self._id(referred)
        elif outer is Literal:
            form[key] = str(self.dice.choice(inner))
        elif outer is list:
            self._fill(form, f"{key}[0]", name, inner[0], depth)
        elif outer is dict:
            form[f"{key}[note]"] = "x"
        elif is_parameters(outer):
            form.update(self.fields(outer, key, depth + 1) if depth < 4 else {})
        else:
            form[key] = self._plain(outer, name)

    def _plain(self, kind, name):
        now = self.world.clock.now()
        if kind is bool:
            return self.dice.choice(("true", "false"))
        if kind is int:
            return str(self.dice.choice((0, 1, 50, 1500, 100_000, -5, now, now + 86_400 * 40)))
        return self.dice.choice(WORDS[:3] if name == "currency" else WORDS)

    def _id(self, kind):
        table = self.world.store.tables.get(kind)
        if kind == "subscription_item":
            subscription = self.world.store.tables["subscription"][self._id("subscription")]
            return subscription["items"]["data"][0]["id"]
        return self.dice.choice(list(table)) if table else "x"
