"""Whatever a member does and whatever their bank does, the table of moves holds and Stripe is told."""

from __future__ import annotations

import os
import shutil
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from tests_support.counterparts import Simulated
from tests_support.live import Live, Reader
from tests_support.outbox import FakeTransport
from tests_support.postgresql import empty

from donations.giving.change_models import MembershipChange
from donations.giving.memberships import state_of
from donations.giving.models import Gift, Membership
from donations.giving.states import MEMBERSHIP_MOVES, MembershipState
from donations.jobs.models import Job
from donations.kernel.cadence import Frequency
from donations.kernel.database import db
from donations.kernel.errors import BadAmount, FieldRefused, NotAllowed
from donations.kernel.money import Money
from donations.self_service import asking
from donations.self_service.actions import MAY, Action, standing_of
from donations.self_service.models import MembershipOrder

pytestmark = pytest.mark.sandbox_only
LIVES, STEPS = int(os.environ.get("LIVES", "6")), 10


def fresh(environment):
    """The environment with an empty database."""
    url = environment["DATABASE_URL"]
    if url.startswith("postgresql"):
        empty(url, environment["NEWSROOM_TIMEZONE"])
        return environment
    path = Path(url.removeprefix("sqlite:///"))
    copy = path.with_name(f"{uuid4().hex}.db")
    shutil.copy(path, copy)
    return {**environment, "DATABASE_URL": f"sqlite:///{copy}"}


def machine(environment):
    """A machine whose every run is one membership on a database of its own."""

    class AnyMembership(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.live = Live(
                fresh(environment),
                FakeTransport(),
                stripe=Simulated(environment["STRIPE_WEBHOOK_SECRET"]),
            )
            reader = Reader(self.live)
            reader.choose("monthly", "1500")
            reader.pay()
            reader.close()
            self.live.settle()
            with self.live.app.app_context():
                self.name = db.session().scalars(select(Membership.public_id)).one()

        def standing(self):
            with self.live.app.app_context():
                return standing_of(db.session(), self.name, now=self.live.clock.now())

        @property
        def subscription(self):
            return self.live.sandbox.world.store.tables["subscription"][
                self.live.last("subscription")
            ]

        def ask(self, action, verb, *given, **named):
            """The verb is taken exactly when the table says so."""
            may = action in self.standing().allowed
            with self.live.app.app_context():
                try:
                    verb(
                        db.session(),
                        self.name,
                        *given,
                        via="account",
                        now=self.live.clock.now(),
                        **named,
                    )
                    refused = None
                except (NotAllowed, BadAmount, FieldRefused) as error:
                    refused = error
            if refused is None:
                assert may
            elif isinstance(refused, NotAllowed):
                assert not may or refused.reason in {"nothing_changes", "no_date"}
            self.live.settle()

        def over(self):
            return self.standing().state is MembershipState.ENDED

        @precondition(lambda self: not self.over())
        @rule()
        def a_period_passes(self):
            self.live.stripe.renew()
            self.live.settle()

        @rule(days=st.sampled_from([1, 9, 40]))
        def days_pass(self, days):
            self.live.stripe.pass_days(days)
            self.live.settle()

        @precondition(lambda self: not self.over())
        @rule(number=st.sampled_from(["pm_card_chargeCustomerFail", "pm_card_visa"]))
        def the_card_is_another(self, number):
            sdk = self.live.house.gateway._worker
            method = sdk.v1.payment_methods.attach(
                number, {"customer": self.subscription["customer"]}
            )
            settings = {"invoice_settings": {"default_payment_method": method.id}}
            sdk.v1.customers.update(self.subscription["customer"], settings)
            self.live.settle()

        @rule(minor=st.sampled_from([200, 500, 1500, 3000, 1]))
        def amount(self, minor):
            prices = self.live.house.price_list
            self.ask(Action.AMOUNT, asking.change_amount, Money(minor, "usd"), prices=prices)

        @rule(rhythm=st.sampled_from([Frequency.MONTHLY, Frequency.ANNUAL]))
        def rhythm(self, rhythm):
            prices = self.live.house.price_list
            wanted = Money(10000, "usd")
            self.ask(Action.FREQUENCY, asking.switch_frequency, rhythm, wanted, prices=prices)

        @rule(months=st.integers(0, 13))
        def pause(self, months):
            self.ask(Action.PAUSE, asking.pause, months)

        @rule()
        def resume(self):
            self.ask(Action.RESUME, asking.resume)

        @rule()
        def skip(self):
            self.ask(Action.SKIP, asking.skip)

        @rule()
        def end_later(self):
            self.ask(Action.CANCEL, asking.cancel, at_period_end=True)

        @rule()
        def keep(self):
            self.ask(Action.KEEP, asking.keep)

        @rule(sure=st.booleans())
        def end_now(self, sure):
            if sure and not self.over():
                self.ask(Action.CANCEL, asking.cancel)

        @invariant()
        def what_we_hold_is_what_stripe_holds(self):
            theirs = self.live.house.gateway.subscription(self.subscription["id"])
            ours = self.standing()
            assert ours.state is state_of(theirs)
            assert ours.amount == theirs.amount
            assert ours.frequency is theirs.frequency
            assert ours.resumes_at == theirs.resumes_at
            assert ours.allowed <= MAY[ours.state] | {Action.KEEP}

        @invariant()
        def only_the_moves_of_the_table_were_made_and_nothing_is_stuck(self):
            with self.live.app.app_context():
                session = db.session()
                mine = select(Membership.id).where(Membership.public_id == self.name)
                states = session.scalars(
                    select(MembershipChange.state)
                    .where(MembershipChange.membership_id.in_(mine))
                    .order_by(MembershipChange.number)
                ).all()
                for before, after in pairwise(states):
                    moves = MEMBERSHIP_MOVES[MembershipState(before)]
                    assert before == after or after in moves, (before, after)
                assert session.scalars(select(Job).where(Job.state == "dead")).all() == []
                open_ones = select(MembershipOrder).where(
                    MembershipOrder.done_at.is_(None), MembershipOrder.dropped_at.is_(None)
                )
                assert session.scalars(open_ones).all() == []

        def teardown(self):
            """Nothing is taken after the end."""
            if self.over():
                with self.live.app.app_context():
                    before = len(db.session().scalars(select(Gift)).all())
                self.live.stripe.pass_days(70)
                self.live.settle()
                with self.live.app.app_context():
                    assert len(db.session().scalars(select(Gift)).all()) == before
            self.live.stop()

    return AnyMembership


def test_any_membership_moves_by_the_table_and_says_what_stripe_says(environment):
    run_state_machine_as_test(
        machine(environment),
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=LIVES < 10,
            suppress_health_check=list(HealthCheck),
        ),
    )
