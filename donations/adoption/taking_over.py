"""Taking over the living subscriptions of a Stripe account: nobody types a card again.

It goes page by page, each in a transaction with the place it came to; killed anywhere, it goes on
from there, and doing it twice takes over nothing twice.  No letter is written.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.adoption.models import AdoptedMembership, AdoptionRun
from donations.adoption.recognising import PLACEMENT, already_ours
from donations.adoption.stamping import promise_stamp
from donations.entitlements.following import follow_membership
from donations.giving.memberships import follow
from donations.giving.models import Checkout, Membership
from donations.giving.states import CheckoutState
from donations.kernel.database import begin_write
from donations.kernel.ids import public_id
from donations.mailer.addresses import BadAddress, checked_address
from donations.supporters.directory import find_by_email
from donations.supporters.models import StripeCustomer
from donations.vault.sealed import open_operational, seal_operational

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.clock import Clock
    from donations.stripe_gateway.adopting import Found, Page
    from donations.stripe_gateway.gateway import Gateway
    from donations.stripe_gateway.values import Subscription
    from donations.vault.keys import MasterKey

_CURSOR: Final = "adoption_run.cursor"


class Fate(StrEnum):
    """What becomes of a subscription."""

    OURS = "ours"
    NEW = "new"
    JOINS = "joins"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A subscription and what becomes of it; `problem` is the word for why it is left."""

    found: Found
    fate: Fate
    problem: str = ""


class Adopter:
    """Walks over the subscriptions of an account."""

    def __init__(
        self, gateway: Gateway, master: MasterKey, clock: Clock, languages: tuple[str, ...]
    ) -> None:
        """`languages` are the newsroom's, the usual one first."""
        self._gateway = gateway
        self._master = master
        self._clock = clock
        self._languages = languages

    def survey(self, session: Session) -> Iterator[Outcome]:
        """What taking over would do; nothing is written, here or at Stripe."""
        seen: set[str] = set()
        for page, _ in self._pages(None):
            for outcome in self._judged(session, page):
                email = (outcome.found.person.email or "").casefold()
                known = outcome.fate is Fate.NEW and email in seen
                seen.add(email)
                yield replace(outcome, fate=Fate.JOINS) if known else outcome
            session.rollback()

    def take_over(self, session: Session) -> Iterator[Outcome]:
        """Take over what can be, page by page; commits as it goes."""
        run_id, after = _begin(session, self._master, self._clock.now())
        for page, asked_at in self._pages(after):
            begin_write(session)
            outcomes = []
            for found in page.found:  # one by one: the second of a person joins the first
                [outcome] = self._judged(session, replace(page, found=(found,)))
                if outcome.fate in {Fate.NEW, Fate.JOINS}:
                    self._adopt(session, found, asked_at)
                outcomes.append(outcome)
            self._note(session, run_id, page, outcomes)
            session.commit()
            yield from outcomes

    def _pages(self, after: str | None) -> Iterator[tuple[Page, datetime]]:
        """Every page with the moment before it was asked for; no transaction is open then."""
        more = True
        while more:
            asked_at = self._clock.now()
            page = self._gateway.adopting.page(after)
            yield page, asked_at
            more = page.more and bool(page.found)
            after = page.found[-1].id if page.found else after

    def _judged(self, session: Session, page: Page) -> Iterator[Outcome]:
        ours = already_ours(session, self._master, page.found)
        for found in page.found:
            problem = found.problem or _unwritable(found)
            if found.id in ours:
                yield Outcome(found, Fate.OURS)
            elif problem:
                yield Outcome(found, Fate.LEFT, problem)
            else:
                yield Outcome(found, Fate.JOINS if self._knows(session, found) else Fate.NEW)

    def _knows(self, session: Session, found: Found) -> bool:
        index = self._master.index("customer", found.person.customer or "")
        customer = select(StripeCustomer.id).where(StripeCustomer.customer_index == index)
        if session.scalar(customer) is not None:
            return True
        return find_by_email(session, self._master, found.person.email or "") is not None

    def _adopt(self, session: Session, found: Found, asked_at: datetime) -> None:
        assert found.subscription is not None  # noqa: S101 - only what has no problem comes here
        subscription, now = found.subscription, self._clock.now()
        checkout = self._checkout(found, subscription, now)
        session.add(checkout)
        session.flush()
        membership = follow(
            session,
            self._master,
            subscription=replace(subscription, started_at=now),  # months that are closed stay so
            person=found.person,
            checkout=checkout,
            asked_at=asked_at,
            now=now,
        )
        began = subscription.started_at
        session.add(AdoptedMembership(membership_id=membership.id, began_at=began, at=now))
        follow_membership(session, membership, now)
        promise_stamp(session, membership, now=now)

    def _checkout(self, found: Found, subscription: Subscription, now: datetime) -> Checkout:
        """Where the membership comes from, as every membership has it: a checkout that is over."""
        language = (found.language or "").split("-")[0].lower()
        index = self._master.index("subscription", found.id)
        return Checkout(
            public_id=public_id(),
            attempt_key=hashlib.sha256(b"adopted\x1f" + index).digest(),
            frequency=subscription.frequency.value,
            amount_minor=subscription.amount.minor,
            currency=subscription.amount.currency,
            language=language if language in self._languages else self._languages[0],
            placement=PLACEMENT,
            state=CheckoutState.PAID.value,
            round=1,
            created_at=now,
            synced_at=now,
        )

    def _note(self, session: Session, run_id: int, page: Page, outcomes: list[Outcome]) -> None:
        run = session.get_one(AdoptionRun, run_id)
        run.counts = dict(Counter(run.counts) + Counter(one.fate.value for one in outcomes))
        if page.found:
            run.cursor_sealed = seal_operational(self._master, _CURSOR, page.found[-1].id)
        if not page.more:
            run.listed_at = self._clock.now()


def end_run(session: Session, now: datetime) -> None:
    """The walk under way is over: the next begins with the newest again.  Commits."""
    begin_write(session)
    for run in session.scalars(select(AdoptionRun).where(AdoptionRun.ended_at.is_(None))).all():
        run.ended_at = now
    session.commit()


def unstamped(session: Session) -> int:
    """How many memberships that were taken over Stripe has not been told of yet."""
    waiting = select(AdoptedMembership.id).join(
        Membership, Membership.id == AdoptedMembership.membership_id
    )
    living = waiting.where(AdoptedMembership.stamped_at.is_(None), Membership.state != "ended")
    return len(session.scalars(living).all())


def _begin(session: Session, master: MasterKey, now: datetime) -> tuple[int, str | None]:
    """The walk under way, or a new one; its id, and behind which subscription it goes on."""
    begin_write(session)
    run = session.scalar(
        select(AdoptionRun).where(AdoptionRun.ended_at.is_(None)).order_by(AdoptionRun.id.desc())
    )
    if run is None:
        run = AdoptionRun(began_at=now, counts={})
        session.add(run)
        session.flush()
    sealed = run.cursor_sealed
    found = run.id, None if sealed is None else open_operational(master, _CURSOR, sealed)
    session.commit()
    return found


def _unwritable(found: Found) -> str:
    try:
        checked_address(found.person.email or "")
    except BadAddress:
        return "no_email"
    return ""
