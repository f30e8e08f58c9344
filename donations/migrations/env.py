"""Alembic's environment: runs inside the connection that `donations.migrations.schema` opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from alembic import context

from donations.kernel.database import UtcDateTime

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def render_plainly(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as SQLAlchemy's: a revision must outlive the code beside it."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    render_item=render_plainly,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
