from sqlalchemy import MetaData, select, text

from donations.migrations import schema

MOMENT = "2026-11-24 12:00:00+00:00"
CHECKOUT = """
    INSERT INTO checkout (id, public_id, attempt_key, frequency, amount_minor, currency,
        language, placement, state, round, created_at)
    VALUES (1, 'abc', 'k', 'monthly', 1500, 'usd', 'en', 'support', 'paid', 1, :at)
"""
MEMBERSHIP = """
    INSERT INTO membership (id, public_id, checkout_id, subscription_sealed, subscription_index,
        frequency, amount_minor, currency, state, ends_with_period, started_at, synced_at)
    VALUES (7, 'def', 1, 'x', 'y', 'monthly', 1500, 'usd', 'active', :ends, :at, :at)
"""


def test_memberships_there_before_others_were_told_count_as_told_of(fresh):
    schema.upgrade(fresh, "0012")
    with fresh.begin() as connection:
        connection.execute(text(CHECKOUT), {"at": MOMENT})
        connection.execute(text(MEMBERSHIP), {"at": MOMENT, "ends": True})
    schema.upgrade(fresh, "0013")
    tables = MetaData()
    tables.reflect(fresh, only=["partner_standing"])
    with fresh.connect() as connection:
        row = connection.execute(select(tables.tables["partner_standing"])).mappings().one()
    assert dict(row) == {
        "membership_id": 7,
        "state": "active",
        "frequency": "monthly",
        "amount_minor": 1500,
        "currency": "usd",
        "ends_with_period": True,
        "told": 0,
    }
