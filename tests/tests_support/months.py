"""Books with gifts, payouts and a bank, as a month leaves them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from donations.closing.locking import close
from donations.giving.models import Checkout, Gift
from donations.giving.offline_models import OfflineBatch
from donations.inbox.models import Sweep
from donations.kernel.database import writing
from donations.kernel.ids import public_id
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import book
from donations.ledger.chart import Account, Kind
from donations.ledger.codes import Codes
from donations.ledger.drafts import About, Draft, Line, Shares
from donations.payouts import totals
from donations.payouts.models import Payout, PayoutLine
from donations.reconciliation.models import BankLine, BankMatch, BankStatement, Discrepancy

OCTOBER = Month(2026, 10)
NOVEMBER = Month(2026, 11)
AFTER = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


class Ledger:
    """Books with gifts, payouts and a bank, as a month leaves them."""

    def __init__(self, session, newsroom):
        self.session = session
        self.newsroom = newsroom
        self.codes = Codes.build({})
        self._next = count(1)
        with writing(session):
            self.checkout = Checkout(
                public_id=public_id(),
                attempt_key=b"k" * 32,
                frequency="once",
                amount_minor=1,
                currency="usd",
                language="en",
                placement="support",
                state="paid",
                created_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
            session.add(self.checkout)

    def movement(self, *facts, **more):
        with writing(self.session):
            return self.book(*facts, **more)

    def book(self, kind, amount, at, fee=0, currency="usd", now=None, **more):
        source = f"txn_{next(self._next)}"
        known = ("frequency", "cohort", "gift_reference", "fund")
        about = {name: more.pop(name) for name in known if name in more}
        book(
            self.session,
            Draft.of_movement(
                kind,
                source=source,
                amount=amount,
                fee=fee,
                currency=currency,
                charged=Money(amount, currency),
                occurred_at=at,
                about=About(method="card", **{"frequency": "once", **about}),
                **more,
            ),
            now=now or at,
        )
        return source

    def gift(self, amount, at, fee=0, currency="usd", booked=True, **more):
        number, name = next(self._next), public_id()
        with writing(self.session):
            self.session.add(
                Gift(
                    public_id=name,
                    checkout_id=self.checkout.id,
                    frequency=more.get("frequency", "once"),
                    amount_minor=amount,
                    currency=currency,
                    language="en",
                    method="card",
                    payment_sealed=b"x",
                    payment_index=number.to_bytes(32, "big"),
                    received_at=at,
                    booked_at=at if booked else None,
                )
            )
        if booked:
            self.movement(Kind.GIFT, amount, at, fee, currency, gift_reference=name, **more)
        return name

    def membership(self, amount, at, deferred, frequency="annual", currency="usd"):
        return self.gift(
            amount,
            at,
            currency=currency,
            frequency=frequency,
            cohort=f"{at:%Y-%m}",
            shares=Shares(deferred=deferred),
        )

    def payout(self, amount, arrives_on, state="paid", lines=True, automatic=True, currency="usd"):
        number = next(self._next)
        at = datetime(arrives_on.year, arrives_on.month, arrives_on.day, 1, tzinfo=UTC) - timedelta(
            days=2
        )
        source = self.movement(Kind.PAYOUT, -amount, at, currency=currency, frequency=None)
        payout = Payout(
            stripe_id=f"po_{number}",
            amount_minor=amount,
            currency=currency,
            state=state,
            automatic=automatic,
            created_at=at,
            arrives_on=arrives_on,
            movement=source,
            lines_at=at if lines else None,
            synced_at=at,
        )
        with writing(self.session):
            self.session.add(payout)
            if lines:
                payout.lines.append(
                    PayoutLine(
                        movement=f"txn_line_{number}",
                        type="charge",
                        amount_minor=amount + 50,
                        fee_minor=50,
                        fee_tax_minor=0,
                        occurred_at=at,
                    )
                )
                self.session.flush()
                totals.rebuild(self.session)
        return payout

    def banked(self, payout, minor=None):
        number = next(self._next)
        minor = payout.amount_minor if minor is None else minor
        at = payout.created_at + timedelta(days=2)
        with writing(self.session):
            self.session.refresh(payout)
            statement = self.session.query(BankStatement).first() or BankStatement(
                digest="d" * 64, format="csv", account="42", imported_at=at, imported_by="finance"
            )
            line = BankLine(
                statement=statement,
                key=f"key{number}",
                booked_on=payout.arrives_on,
                amount_minor=minor,
                currency=payout.currency,
                text_sealed=b"x",
            )
            match = BankMatch(
                line=line,
                payout_id=payout.id,
                amount_minor=minor,
                source=f"bank:{number}",
                by="trace",
                at=at,
            )
            self.session.add(match)
            book(
                self.session,
                Draft(
                    source=f"bank:{number}",
                    kind=Kind.BANK_RECEIPT,
                    charged=Money(minor, payout.currency),
                    occurred_at=at,
                    lines=(
                        Line(Account.BANK, payout.currency, minor),
                        Line(Account.IN_TRANSIT, payout.currency, -minor),
                    ),
                ),
                now=at,
            )
        return match

    def batch(self, banked_on, closed=False):
        at = datetime(2026, 10, 5, 9, tzinfo=UTC)
        batch = OfflineBatch(
            public_id=public_id(),
            method="cheque",
            currency="usd",
            expected_count=1,
            expected_minor=1000,
            banked_on=banked_on,
            opened_at=at,
            opened_by="finance",
            closed_at=at if closed else None,
        )
        with writing(self.session):
            self.session.add(batch)
        return batch.public_id

    def exception(self, kind, subject, posted_on, **more):
        found = Discrepancy(
            key=f"{kind}:{subject}",
            kind=kind,
            subject=subject,
            posted_on=posted_on,
            found_at=AFTER,
            seen_at=AFTER,
            **more,
        )
        with writing(self.session):
            self.session.add(found)
        return found

    def swept(self, reached=AFTER, failed=0):
        with writing(self.session):
            self.session.add(
                Sweep(
                    began_at=reached,
                    ended_at=reached,
                    since=reached - timedelta(days=3),
                    reached=reached,
                    seen=5,
                    failed=failed,
                    mended=[],
                )
            )

    def close(self, month=OCTOBER, by="finance", now=AFTER, **more):
        given = {"newsroom": self.newsroom, "codes": self.codes, **more}
        return close(self.session, month, by, now=now, **given)


def october(session, newsroom):
    """October 2026, with everything done that has to be done."""
    books = Ledger(session, newsroom)
    books.gift(10_000, datetime(2026, 10, 3, 10, tzinfo=UTC), fee=320)
    books.gift(5_000, datetime(2026, 10, 12, 10, tzinfo=UTC), fee=175, currency="eur")
    books.gift(4_000, datetime(2026, 10, 20, 10, tzinfo=UTC), fee=144, currency="jpy")
    books.membership(12_000, datetime(2026, 10, 15, 10, tzinfo=UTC), deferred=6_000)
    books.banked(books.payout(9_000, date(2026, 10, 28)))
    books.swept()
    return books
