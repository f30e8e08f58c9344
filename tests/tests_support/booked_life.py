"""A random life of the books: every kind of entry, several currencies, funds and months."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update

from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import book, reverse
from donations.ledger.chart import Account, Kind
from donations.ledger.deferrals import recognise
from donations.ledger.drafts import NOTHING, PLAIN, About, Draft, Line, Shares
from donations.ledger.models import Books

ZONE = ZoneInfo("Europe/Amsterdam")
BEGIN = datetime(2026, 8, 3, 10, tzinfo=UTC)
CURRENCIES = ("usd", "eur", "jpy", "kwd")
FUNDS = ("", "", "courts", "war-crimes", "war_crimes", "General")
MEMOS = (None, 'said "no"; =cmd|x', "back\\slash, comma", "ünï — код")


def live(session, chance, days=75, name="txn"):
    """Books a life of so many days from August 2026; August and September are closed."""
    life = _Life(session, chance, name)
    at, month = BEGIN, Month(2026, 8)
    while at < BEGIN + timedelta(days=days):
        while Month.of(at, ZONE) > month:
            recognise(session, month, ZONE, now=at)
            if chance.random() < 0.8:
                session.execute(update(Books).values(closed_through=month.last_day))
            month = month.later(1)
        life.something(at)
        at += timedelta(hours=chance.choice([3, 20, 40]))
    recognise(session, month, ZONE, now=at)
    session.commit()


class _Life:
    def __init__(self, session, chance, name):
        self.session, self.chance, self.name = session, chance, name
        self.given, self.sources, self.number = [], [], 0

    def something(self, at):
        chance = self.chance
        what = chance.choice(
            ["gift"] * 8 + ["return"] * 3 + ["fee", "payout", "bank", "release", "reverse", "other"]
        )
        getattr(self, f"_{what}")(at)

    def _source(self):
        self.number += 1
        self.sources.append(f"{self.name}_{self.number}")
        return self.sources[-1]

    def _movement(self, kind, amount, currency, at, about=NOTHING, shares=PLAIN, rate=None):
        fee = self.chance.randint(0, max(1, abs(amount) // 20))
        draft = Draft.of_movement(
            kind,
            source=self._source(),
            amount=amount,
            fee=fee,
            fee_tax=fee // 6,
            currency=currency,
            charged=Money(amount, currency),
            occurred_at=at,
            exchange_rate=rate,
            about=about,
            shares=shares,
        )
        book(self.session, draft, now=at)

    def _gift(self, at):
        chance = self.chance
        frequency = chance.choice(["once", "monthly", "annual"])
        amount, currency = chance.randint(100, 10**6) * 10, chance.choice(CURRENCIES)
        deferred = 0 if frequency == "once" else chance.randint(0, amount)
        cohort = str(Month.of(at, ZONE)) if deferred else None
        name = f"gift{self.number}"
        about = About(frequency, name, chance.choice(FUNDS), "page", "card", "NL", cohort)
        if not deferred:
            self.given.append((name, amount, currency, about))
        self._movement(Kind.GIFT, amount, currency, at, about, Shares(deferred=deferred))

    def _return(self, at):
        if not self.given:
            return
        _, amount, currency, about = self.chance.choice(self.given)
        kind = self.chance.choice([Kind.REFUND, Kind.DISPUTE, Kind.CHARGE_FAILED])
        back = -self.chance.randint(1, amount)
        exchange = self.chance.randint(-3, 3)
        shares = Shares(exchange=exchange if abs(exchange) < abs(back) else 0)
        self._movement(
            kind, back, currency, at, about, shares, self.chance.choice([None, "1.0837"])
        )

    def _fee(self, at):
        self._movement(Kind.STRIPE_FEE, -self.chance.randint(1, 900), "usd", at)

    def _payout(self, at):
        currency = self.chance.choice(CURRENCIES)
        self._movement(Kind.PAYOUT, -self.chance.randint(1, 10**5), currency, at)

    def _bank(self, at):
        amount, currency = self.chance.randint(1, 10**5), self.chance.choice(CURRENCIES)
        lines = (
            Line(Account.BANK, currency, amount),
            Line(Account.IN_TRANSIT, currency, -amount),
        )
        self._by_hand(Kind.BANK_RECEIPT, amount, currency, lines, at)

    def _release(self, at):
        fund = self.chance.choice([each for each in FUNDS if each])
        amount, currency = self.chance.randint(1, 10**4), self.chance.choice(CURRENCIES)
        lines = (
            Line(Account.RELEASED, currency, amount, fund),
            Line(Account.RELEASED, currency, -amount),
        )
        self._by_hand(Kind.RELEASE, amount, currency, lines, at)

    def _other(self, at):
        self._movement(Kind.OTHER, self.chance.randint(-500, 500) or 1, "eur", at)

    def _reverse(self, at):
        if self.sources:
            source = self.chance.choice(self.sources)
            reverse(self.session, source, memo="put right; it was wrong", occurred_at=at, now=at)

    def _by_hand(self, kind, amount, currency, lines, at):
        memo = self.chance.choice(MEMOS)
        draft = Draft(self._source(), kind, Money(amount, currency), at, lines, memo=memo)
        book(self.session, draft, now=at)
