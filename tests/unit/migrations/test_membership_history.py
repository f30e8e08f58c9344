"""Memberships that began before their changes were kept get the history their gifts tell."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from donations.giving.change_models import MembershipChange
from donations.giving.membership_history import monthly_minor
from donations.giving.models import Membership
from donations.migrations import schema


def on(month, day=5):
    return datetime(2026, month, day, tzinfo=UTC)


def put(connection, table, **values):
    """Inserts a row with the columns the database has at this revision; its id."""
    real = sa.Table(table, sa.MetaData(), autoload_with=connection)
    for name, value in values.items():
        if isinstance(value, datetime) and connection.dialect.name == "sqlite":
            values[name] = value.replace(tzinfo=None)
    return connection.execute(real.insert().values(values)).inserted_primary_key[0]


def a_membership(connection, number, *paid, state="active", amount=1000, **more):
    facts = {"frequency": "monthly", "currency": "usd"} | more
    key = bytes([number]) * 32
    order = {"frequency": facts["frequency"], "currency": "usd", "language": "en"}
    checkout = put(
        connection,
        "checkout",
        public_id=f"checkout{number}",
        attempt_key=key,
        amount_minor=amount,
        placement="article",
        state="paid",
        round=1,
        created_at=on(1),
        **order,
    )
    membership = put(
        connection,
        "membership",
        **{
            "public_id": f"membership{number}",
            "checkout_id": checkout,
            "subscription_sealed": b"x",
            "subscription_index": key,
            "amount_minor": amount,
            "state": state,
            "ends_with_period": False,
            "started_at": on(1),
            "synced_at": on(9),
        }
        | facts,
    )
    for nth, (at, minor) in enumerate(paid):
        put(
            connection,
            "gift",
            public_id=f"gift{number}-{nth}",
            checkout_id=checkout,
            membership_id=membership,
            amount_minor=minor,
            method="card",
            payment_sealed=b"x",
            payment_index=bytes([number, nth]) * 16,
            received_at=at,
            **order,
        )


def test_the_past_of_memberships_is_told_by_their_gifts(fresh):
    schema.upgrade(fresh, "0002")
    with fresh.begin() as connection:
        a_membership(connection, 1, (on(1), 1000), (on(2), 1000), (on(3), 1500), amount=1500)
        failed = {"ended_at": on(4), "end_reason": "payment_failed"}
        a_membership(connection, 2, (on(1), 1000), state="ended", **failed)
        a_membership(connection, 3, state="incomplete")
        a_membership(connection, 4, (on(1), 12006), frequency="annual", amount=12006)
        a_membership(connection, 5, (on(1), 1000), amount=700)
        a_membership(connection, 6, (on(1), 1000), state="past_due")
    schema.upgrade(fresh, "head")
    with Session(fresh) as session:
        rows = session.scalars(
            sa.select(MembershipChange).order_by(
                MembershipChange.membership_id, MembershipChange.number
            )
        ).all()
        told = [
            (row.membership_id, row.number, row.at, row.state, row.before_minor, row.monthly_minor)
            for row in rows
        ]
        assert told == [
            (1, 1, on(1), "active", 0, 1000),
            (1, 2, on(3), "active", 1000, 1500),
            (2, 1, on(1), "active", 0, 1000),
            (2, 2, on(4), "ended", 1000, 0),
            (3, 1, on(1), "incomplete", 0, 0),
            (4, 1, on(1), "active", 0, 1001),
            (5, 1, on(1), "active", 0, 1000),
            (5, 2, on(9), "active", 1000, 700),
            (6, 1, on(1), "active", 0, 1000),
            (6, 2, on(9), "past_due", 1000, 1000),
        ]
        assert [row.reason for row in rows if row.reason] == ["payment_failed"]
        last = {row.membership_id: row.monthly_minor for row in rows}
        standing = session.scalars(sa.select(Membership)).all()
        assert last == {row.id: monthly_minor(row) for row in standing}
