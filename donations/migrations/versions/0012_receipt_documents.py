"""Receipts that can be void, statements, declarations of Gift Aid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_papers()
    _make_gift_aid()


def downgrade() -> None:
    """Take them back."""
    for table in (
        "gift_aid_claimed",
        "gift_aid_claim",
        "gift_aid_declaration",
        "receipt_name",
        "receipt_document",
    ):
        op.drop_table(table)


def _make_papers() -> None:
    op.create_table(
        "receipt_document",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("receipt_number", _BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data_key_id", _BIG),
        sa.Column("paper_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("template", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("back_minor", _BIG, nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('issued', 'reduced', 'void')", name=op.f("ck_receipt_document_state")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_number"],
            ["receipt.number"],
            name=op.f("fk_receipt_document_receipt_number"),
        ),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_receipt_document_data_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_document")),
        sa.UniqueConstraint(
            "receipt_number", "version", name=op.f("uq_receipt_document_receipt_number_version")
        ),
    )
    op.create_table(
        "receipt_name",
        sa.Column("supporter_id", _BIG, nullable=False, autoincrement=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_receipt_name_supporter_id")
        ),
        sa.PrimaryKeyConstraint("supporter_id", name=op.f("pk_receipt_name")),
    )


def _make_gift_aid() -> None:
    op.create_table(
        "gift_aid_declaration",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("supporter_id", _BIG, nullable=False),
        sa.Column("data_key_id", _BIG, nullable=False),
        sa.Column("person_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("wording_version", sa.String(20), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("covers_from", _MOMENT, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_gift_aid_declaration_supporter_id")
        ),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_gift_aid_declaration_data_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_aid_declaration")),
        sa.UniqueConstraint("public_id", name=op.f("uq_gift_aid_declaration_public_id")),
    )
    op.create_index(
        op.f("ix_gift_aid_declaration_supporter_id"), "gift_aid_declaration", ["supporter_id"]
    )
    op.create_table(
        "gift_aid_claim",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_aid_claim")),
        sa.UniqueConstraint("public_id", name=op.f("uq_gift_aid_claim_public_id")),
    )
    op.create_table(
        "gift_aid_claimed",
        sa.Column("gift_id", _BIG, nullable=False, autoincrement=False),
        sa.Column("claim_id", _BIG, nullable=False),
        sa.Column("declaration_id", _BIG, nullable=False),
        sa.Column("amount_minor", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_aid_claimed_gift_id")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["gift_aid_claim.id"], name=op.f("fk_gift_aid_claimed_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["gift_aid_declaration.id"],
            name=op.f("fk_gift_aid_claimed_declaration_id"),
        ),
        sa.PrimaryKeyConstraint("gift_id", name=op.f("pk_gift_aid_claimed")),
    )
    op.create_index(op.f("ix_gift_aid_claimed_claim_id"), "gift_aid_claimed", ["claim_id"])
