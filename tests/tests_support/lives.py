"""A life of money at Stripe: what happens is told by steps, how it is told to us by the weather.

The same steps make the same money move, whatever the weather; so two newsrooms that lived through
the same steps must end with the same books, to the cent, once all is said or swept.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import stripe
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from donations.inbox.handlers import HANDLERS
from donations.inbox.sweep import sweep
from donations.kernel.database import db, prepare_engine
from donations.ledger.books import balances, last_number
from donations.ledger.days import days_that_differ
from donations.ledger.models import Entry, Posting
from donations.ledger.placing import PLACED
from donations.payouts.models import Payout
from donations.reconciliation.invariants import checks
from donations.sandbox.refusals import Refusal
from tests_support.counterparts import BASES, Simulated
from tests_support.live import Live, Reader
from tests_support.outbox import FakeTransport

AMOUNTS = {"usd": 1500, "eur": 1200, "gbp": 1000, "jpy": 1500}


@dataclass(frozen=True)
class Step:
    """One thing that happens: `deed` with what it needs, then perhaps some days.

    In bad weather (`faults`, and `api` for what Stripe answers meanwhile) the webhooks of the step
    may be lost or late; `told` false leaves them for a later step.
    """

    deed: str
    given: tuple = ()
    days: int = 0
    faults: dict = field(default_factory=dict)
    api: dict = field(default_factory=dict)
    told: bool = True


class SandboxTime:
    """The application lives in the sandbox's time."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def now(self):
        return datetime.fromtimestamp(self.sandbox.world.clock.now(), UTC)


class Life:
    """A newsroom and its Stripe; `fair` is a life in which every webhook comes at once.

    Time passes by steps alone, from the moment `begins` (Unix seconds): a slow machine would else
    let one of two lives reach a renewal that the other just misses.
    """

    def __init__(self, environment, *, fair, begins=None):
        self.fair = fair
        simulated = Simulated(environment["STRIPE_WEBHOOK_SECRET"], events=sorted(HANDLERS))
        self.sandbox = simulated.sandbox
        moment = begins or int(time.time())
        self.sandbox.world.clock.wall = lambda: moment
        clock = SandboxTime(self.sandbox)
        self.live = Live(environment, FakeTransport(), stripe=simulated, clock=clock)
        self.engine = prepare_engine(create_engine(environment["DATABASE_URL"]))
        self.http = stripe.RequestsClient()
        self.sdk = stripe.StripeClient(
            "sk_test_other",
            http_client=self.http,
            base_addresses=dict.fromkeys(BASES, self.sandbox.base_url),
        )
        self.happened = Counter()

    def live_through(self, steps):
        """Every step, then a rest in which everything works, then one sweep; what it mended."""
        pausing = stripe.HTTPClient._sleep_time_seconds
        stripe.HTTPClient._sleep_time_seconds = lambda *_: 0
        try:
            for step in steps:
                self._weather(step.faults)
                self._do(step)
                self._pass(step)
            self._rest()
            return self.sweep()
        finally:
            stripe.HTTPClient._sleep_time_seconds = pausing

    def sweep(self):
        with self.live.app.app_context():
            house = self.live.house
            row = sweep(db.session(), house.gateway, house.master, house.clock.now())
            return row.failed, row.mended

    def _weather(self, faults):
        if not self.fair:
            self.sandbox.control("faults", {"drop": 0, "drop_every": 0, **_CALM, **faults})

    def _pass(self, step):
        if step.days:
            self.sandbox.control("advance", {"days": step.days})
        if self.fair:
            self.live.settle()
        elif step.told:
            self.sandbox.control("faults", step.api)
            self.live.settle()
            self.sandbox.control("faults", _ANSWERING)

    def _rest(self):
        """The faults end; time passes until everything is paid out and all jobs were tried again."""
        if not self.fair:
            self.sandbox.control("faults", _CALM | _ANSWERING)
        for _ in range(3):
            self.sandbox.control("advance", {"days": 7})
            self.live.settle()

    def _do(self, step):
        try:
            getattr(self, f"_{step.deed}")(*step.given)
            self.happened[step.deed] += 1
        except Refusal:  # nothing there to be done to, in either life
            self.happened[f"{step.deed} refused"] += 1

    def _order(self, verb, **wanted):
        return self.sandbox.control(verb, wanted)

    def _nth(self, kind, number):
        """One of the sandbox's objects of a kind, the same in every life."""
        found = list(self.sandbox.world.store.tables.get(kind, {}).values())
        if not found:
            raise Refusal(f"there is no {kind} yet")
        return found[number % len(found)]

    def _give(self, frequency, currency, times, how):
        reader = Reader(self.live)
        try:
            reader.choose(frequency, str(AMOUNTS[currency] * times), currency)
            session = reader.page.url.rsplit("/", 1)[-1]
        finally:
            reader.close()
        means = {"iban": how} if how[0].isalpha() else {"card": how}
        number = self.happened["give"]
        order = {"session": session, "challenge": "complete", **means}
        self._order("pay", email=f"reader{number}@example.org", **order)

    def _renew(self):
        self._order("advance", until_next_renewal=True)

    def _refund(self, number, part):
        charge = self._nth("charge", number)
        left = charge["amount"] - charge["amount_refunded"]
        self._order("refund", charge=charge["id"], amount=max(1, left // part))

    def _refund_fail(self, number):
        self._order("refund_fail", refund=self._nth("refund", number)["id"])

    def _dispute(self, number, reason):
        self._order("dispute", charge=self._nth("charge", number)["id"], reason=reason)

    def _dispute_close(self, number, won):
        self._order("dispute_close", dispute=self._nth("dispute", number)["id"], won=won)

    def _fee(self, amount):
        self._order("stripe_fee", amount=amount)

    def _payout_fail(self):
        self._order("payout_fail")

    def _rate(self, currency, settled, rate):
        """From now on a currency settles in another, or at another rate."""
        known = dict(self.sandbox.world.faults.settlement)
        self._order("faults", settlement=known | {currency: [settled, rate]})

    def _late(self, late):
        """From now on Stripe books a charge some time after it succeeded, or at once."""
        self._order("faults", late_balance_transaction=late)

    def _foreign(self, amount):
        self.sdk.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": "usd",
                "payment_method": "pm_card_visa",
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )

    def _nothing(self):
        """Time passes."""

    def books(self):
        return Audit(self.sandbox, self.engine).books()

    def wrong(self):
        return Audit(self.sandbox, self.engine).wrong()

    def stop(self):
        self.http.close()
        self.live.stop()
        self.engine.dispose()


class Audit:
    """What a newsroom's books hold, compared with all that the sandbox moved."""

    def __init__(self, sandbox, engine):
        self.sandbox = sandbox
        self.engine = engine

    def books(self):
        """Sums by account, currency, kind, fund and frequency; what was taken back is gone."""
        with Session(self.engine) as session:
            kinds = dict(map(tuple, session.execute(select(Entry.id, Entry.kind))))
            found = Counter()
            for account, currency, fund, kind, frequency, reverses, minor in session.execute(
                select(
                    Posting.account,
                    Posting.currency,
                    Posting.fund,
                    Entry.kind,
                    Entry.frequency,
                    Entry.reverses_id,
                    Posting.amount_minor,
                ).join(Posting.entry)
            ):
                real = kinds[reverses] if reverses else kind
                found[account, currency, real, fund, frequency or ""] += minor
            return {key: minor for key, minor in sorted(found.items()) if minor}

    def wrong(self):
        """Everything that does not agree with Stripe or with itself."""
        with Session(self.engine) as session:
            return [
                *self._movements_wrong(session),
                *self._balances_wrong(session),
                *self._payouts_wrong(session),
                *self._books_wrong(session),
            ]

    def _movements_wrong(self, session):
        movements = self.sandbox.world.store.tables.get("balance_transaction", {})
        standing = Counter()
        taken_back = {
            entry for (entry,) in session.execute(select(Entry.reverses_id)) if entry is not None
        }
        for entry in session.scalars(select(Entry)):
            name = entry.source.removesuffix(PLACED)
            if entry.id in taken_back or entry.reverses_id is not None:
                continue
            standing[name] += 1
            at_stripe = sum(
                line.amount_minor for line in entry.postings if line.account == "stripe_balance"
            )
            if name not in movements:
                yield f"{name} is not at Stripe"
            elif movements[name]["net"] != at_stripe:
                yield f"{name}: {movements[name]['net']} at Stripe, {at_stripe} here"
        for name, movement in movements.items():
            if standing[name] != 1:
                yield f"{name} ({movement['type']}) has {standing[name]} entries"

    def _balances_wrong(self, session):
        state = self.sandbox.control("state")
        held = Counter()
        for amounts in (state["balance"]["available"], state["balance"]["pending"]):
            held.update(amounts)
        ours = balances(session)
        for account, theirs in (("stripe_balance", held), ("in_transit", state["paid_out"])):
            mine = {currency: minor for (name, currency), minor in ours.items() if name == account}
            for currency in mine.keys() | theirs.keys():
                if mine.get(currency, 0) != theirs.get(currency, 0):
                    amounts = f"{theirs.get(currency, 0)} at Stripe, {mine.get(currency, 0)} here"
                    yield f"{account} {currency}: {amounts}"

    def _payouts_wrong(self, session):
        known = set(session.scalars(select(Payout.stripe_id)))
        for name in self.sandbox.world.store.tables.get("payout", {}).keys() ^ known:
            yield f"{name}: on one side only"
        sources = set(session.scalars(select(Entry.source)))
        for payout in session.scalars(select(Payout)):
            if payout.automatic and sum(line.net_minor for line in payout.lines) != (
                payout.amount_minor
            ):
                yield f"{payout.stripe_id}: its lines do not sum to it"
            for line in payout.lines:
                if line.movement not in sources:
                    yield f"{payout.stripe_id}: {line.movement} is not booked"

    def _books_wrong(self, session):
        numbers = session.scalars(select(Entry.number).order_by(Entry.number)).all()
        if numbers != list(range(1, last_number(session) + 1)):
            yield "numbers have gaps"
        unbalanced = (
            select(Posting.entry_id)
            .group_by(Posting.entry_id, Posting.currency)
            .having(func.sum(Posting.amount_minor) != 0)
        )
        yield from (f"entry {entry} does not balance" for entry in session.scalars(unbalanced))
        yield from (f"{day}: totals differ" for day in days_that_differ(session))
        yield from (f"{each.name}: {each.detail}" for each in checks(session) if not each.well)


_CALM = {"duplicate": False, "two_events": False, "reverse": False, "drop": 0, "drop_every": 0}
_ANSWERING = {"api_error": {}, "reset": {}}
