"""The books only grow: the database itself refuses to change or remove an entry."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = ("ledger_entry", "ledger_posting")
_REFUSAL = "The books are append-only; correct an entry by reversing it."


def upgrade() -> None:
    """Add the triggers."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
    for table in _TABLES:
        for verb in ("UPDATE", "DELETE"):
            op.execute(_trigger(table, verb))


def _trigger(table: str, verb: str) -> str:
    name = f"{table}_refuses_{verb.lower()}"
    if op.get_bind().dialect.name == "postgresql":
        return (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )


def downgrade() -> None:
    """Remove the triggers."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in _TABLES:
        for verb in ("UPDATE", "DELETE"):
            on = f" ON {table}" if postgresql else ""
            op.execute(f"DROP TRIGGER {table}_refuses_{verb.lower()}{on}")
    if postgresql:
        op.execute("DROP FUNCTION refuse_change()")
