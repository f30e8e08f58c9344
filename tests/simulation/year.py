"""A year of a newsroom's supporters, with everything going wrong that can be ordered to.

The application and the sandbox speak over real sockets.  Readers join, pay, fail to pay, are given
money back and dispute; events come twice, reversed, as two objects, late or never; Stripe answers
429, 500 and 503 and cuts connections; fees change and money settles in another currency.  In the end
the books have to equal the sandbox's balance and every payout, to the cent.

    make simulate
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import stripe
from sqlalchemy import func, select
from tests_support.counterparts import Simulated
from tests_support.live import Live, Reader
from tests_support.lives import Audit

from donations.inbox.handlers import HANDLERS
from donations.inbox.sweep import sweep
from donations.jobs.models import Job
from donations.kernel.database import db
from donations.sandbox.refusals import Refusal

WEEK = 7 * 86_400
WEEKS = 52
FREQUENCIES = {"monthly": 55, "annual": 15, "once": 30}
CURRENCIES = {"usd": 70, "eur": 15, "gbp": 10, "jpy": 5}
AMOUNTS = {"usd": 1500, "eur": 1200, "gbp": 1000, "jpy": 1500}
CARDS = {
    "4242424242424242": 78,
    "4000000000000341": 6,  # renewals fail
    "4000000000000259": 2,  # disputed
    "4000000000001976": 1,  # an inquiry
    "4000002500003155": 5,  # 3-D Secure once
    "4000000000007726": 3,  # refunds stay pending a while
    "4000000000005126": 2,  # refunds fail afterwards
    "4000000000000077": 3,  # funds at once
}
IBANS = (
    "DE89370400440532013000",
    "DE62370400440532013001",  # refused by the bank days later
    "DE35370400440532013002",  # disputed afterwards
)
TROUBLES = (
    {"duplicate": True},
    {"two_events": True},
    {"reverse": True},
    {"drop_every": 17},
    {"late_balance_transaction": True},
    {"fee": {"percent": "1.4", "fixed": 25}},
    {"settlement": {"eur": ["usd", "1.0834"], "jpy": ["usd", "0.0066"]}},
    {"api_error": {"status": 500, "every": 23}},
    {"api_error": {"status": 429, "every": 31}},
    {"api_error": {"status": 503, "every": 41, "after_work": True}},
    {"reset": {"every": 37}},
    {"reset": {"every": 43, "after_work": True}},
    {"country": "RU"},
    {"automatic_updates": False},
)


def live_through(environment, transport, clock):
    """The application, and a sandbox that tells it what production subscribes to."""
    stripe_side = Simulated(environment["STRIPE_WEBHOOK_SECRET"], events=sorted(HANDLERS))
    return Live(environment, transport, stripe=stripe_side, clock=clock)


@dataclass
class Year:
    """The simulation: `live` serves the app and the sandbox, `clock` is the app's movable clock."""

    live: object
    clock: object
    supporters: int
    seed: int = 2026
    say: object = print
    happened: Counter = field(default_factory=Counter)
    checked: str = ""
    failed: list = field(default_factory=list)

    def __post_init__(self):
        self.dice = random.Random(self.seed)
        self.sandbox = self.live.sandbox
        self.http = stripe.RequestsClient(timeout=30)
        bases = dict.fromkeys(("api", "files", "connect", "meter_events"), self.sandbox.base_url)
        self.sdk = stripe.StripeClient(
            "sk_test_suite", base_addresses=bases, max_network_retries=3, http_client=self.http
        )

    def run(self):
        """Live through it without waiting: the SDK's pauses between its tries are skipped."""
        pausing = stripe.HTTPClient._sleep_time_seconds
        stripe.HTTPClient._sleep_time_seconds = lambda *_: 0
        try:
            self._live()
        finally:
            stripe.HTTPClient._sleep_time_seconds = pausing
            self.http.close()

    def _live(self):
        """Live through the year, then let everything come to rest."""
        for week in range(WEEKS):
            self._trouble()
            for _ in range(self._joining(week)):
                self._join()
            self._act()
            self._pass(WEEK)
            self.say(f"week {week + 1}/{WEEKS}: {self._tally()}")
        self._rest()

    def differences(self):
        """What the books and the sandbox do not agree on; empty when they agree to the cent."""
        tables = self.sandbox.world.store.tables
        payouts = [each for each in tables.get("payout", {}).values() if each["automatic"]]
        self.happened["payouts"] = len(payouts)
        self.checked = f"{len(tables['balance_transaction'])} movements, {len(payouts)} payouts"
        with self.live.app.app_context():
            return self.failed + Audit(self.sandbox, db.engine).wrong()

    def _joining(self, week):
        """Most come in the first quarter, as after a campaign."""
        share = self.supporters * (3 if week < 13 else 1) / (13 * 3 + 39)
        return int(share * (week + 1)) - int(share * week) if share else 0

    def _join(self):
        frequency, currency = self._pick(FREQUENCIES), self._pick(CURRENCIES)
        reader = Reader(self.live)
        try:
            path = "/support" if currency == "usd" else f"/support?currency={currency}"
            reader.see(path)
            amount = AMOUNTS[currency] * self.dice.choice((1, 2, 3))
            choice = {"frequency": frequency, f"amount_{frequency}": str(amount)}
            reader.send(reader._form_with("frequency"), **choice)
            for _ in range(6):  # Stripe may be down: the page says so and keeps the choice
                reader.send(reader._form_with("attempt"))
                if "/c/pay/" in reader.page.url:
                    self._pay(reader.page.url.rsplit("/", 1)[-1], currency)
                    return
            self.happened["gave up"] += 1
        finally:
            reader.close()

    def _pay(self, session, currency):
        debit = currency == "eur" and self.dice.random() < 0.3
        how = {"iban": self.dice.choice(IBANS)} if debit else {"card": self._pick(CARDS)}
        number = self.happened["joined"]
        order = {"session": session, "challenge": "complete", **how}
        self.sandbox.control("pay", order | {"email": f"reader{number}@example.org"})
        self.happened["joined"] += 1

    def _act(self):
        """What supporters and staff do in a week, at Stripe."""
        for _ in range(max(1, self.supporters // 100)):
            self._refund()
        subscriptions = self._sample("subscription", max(1, self.supporters // 150))
        for subscription in subscriptions:
            self._change(subscription)
        for dispute in self._sample("dispute", 2):
            self._try("dispute_close", dispute=dispute["id"], won=self.dice.random() < 0.5)
        for charge in self._sample("charge", 1):
            self._try("dispute", charge=charge["id"])
        if self.dice.random() < 0.1:
            for payout in self._sample("payout", 1):
                self._try("payout_fail", payout=payout["id"])

    def _refund(self):
        for charge in self._sample("charge", 1):
            left = charge["amount"] - charge["amount_refunded"]
            part = left if self.dice.random() < 0.4 else max(1, left // 3)
            self._try("refund", charge=charge["id"], amount=part)

    def _change(self, subscription):
        changes = (
            {"cancel_at_period_end": True},
            {"cancel_at_period_end": False},
            {"pause_collection": {"behavior": "void"}},
            {"pause_collection": ""},
            {"metadata": {"note": "spoke on the telephone"}},
        )
        try:
            self.sdk.v1.subscriptions.update(subscription["id"], self.dice.choice(changes))
            self.happened["changed"] += 1
        except stripe.StripeError:
            self.happened["change refused"] += 1

    def _try(self, name, **order):
        try:
            self.sandbox.control(name, order)
            self.happened[name] += 1
        except Refusal:
            self.happened[f"{name} refused"] += 1

    def _trouble(self):
        knobs = {}
        for trouble in self.dice.sample(TROUBLES, 4):
            knobs |= trouble
        self.sandbox.control("faults", {"clear": True, **knobs})
        for name in knobs:
            self.happened[f"fault {name}"] += 1

    def _pass(self, seconds):
        self.sandbox.control("advance", {"seconds": seconds})
        self.clock.at = datetime.fromtimestamp(self.sandbox.world.clock.now(), UTC)
        self.live.worker.tick()
        self.live.settle()

    def _rest(self):
        """Everything works again: what is late comes, what was missed is fetched, then swept."""
        self.sandbox.control("faults", {"clear": True})
        for _ in range(8):
            self._pass(WEEK)
            if not self._unfinished():
                break
        house = self.live.house
        with self.live.app.app_context():
            row = sweep(db.session(), house.gateway, house.master, house.clock.now())
            self.failed = ["the sweep could not mend all"] if row.failed else []
            self.happened["mended by the last sweep"] = len(row.mended)

    def _unfinished(self):
        with self.live.app.app_context():
            waiting = select(func.count()).select_from(Job).where(Job.state == "ready")
            kinds = ("stripe_event", "stripe_catch_up", "sweep")
            return db.session().scalar(waiting.where(Job.kind.in_(kinds)))

    def _sample(self, kind, count):
        table = list(self.sandbox.world.store.tables.get(kind, {}).values())
        return self.dice.sample(table, min(count, len(table)))

    def _pick(self, weights):
        return self.dice.choices(list(weights), list(weights.values()))[0]

    def _tally(self):
        tables = self.sandbox.world.store.tables
        kinds = ("charge", "refund", "dispute", "payout", "event")
        return ", ".join(f"{len(tables.get(kind, {}))} {kind}s" for kind in kinds)
