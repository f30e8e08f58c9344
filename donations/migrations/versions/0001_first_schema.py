"""the first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "checkout",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("attempt_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("placement", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("session_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("url_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "amount_minor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('once', 'monthly', 'annual')",
            name=op.f("ck_checkout_frequency"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_checkout_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout")),
        sa.UniqueConstraint("attempt_key", name=op.f("uq_checkout_attempt_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_checkout_public_id")),
    )
    op.create_index(
        op.f("ix_checkout_created_at"), "checkout", ["created_at"], unique=False
    )
    op.create_index(op.f("ix_checkout_state"), "checkout", ["state"], unique=False)
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column(
            "value",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "data_key",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    op.create_table(
        "edition",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint(
            "version", "language", name=op.f("uq_edition_version_language")
        ),
    )
    op.create_index(op.f("ix_edition_version"), "edition", ["version"], unique=False)
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "job",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('ready', 'done', 'dead')", name=op.f("ck_job_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index("ix_job_due", "job", ["state", "run_at"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=True),
        sa.Column("gift_reference", sa.String(length=20), nullable=True),
        sa.Column(
            "charged_minor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("charged_currency", sa.String(length=3), nullable=False),
        sa.Column("exchange_rate", sa.String(length=30), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_on", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("source", name=op.f("uq_ledger_entry_source")),
    )
    op.create_index(
        op.f("ix_ledger_entry_gift_reference"),
        "ledger_entry",
        ["gift_reference"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ledger_entry_occurred_at"),
        "ledger_entry",
        ["occurred_at"],
        unique=False,
    )
    op.create_table(
        "letter",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("sending_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_letter_key")),
    )
    op.create_table(
        "staff_member",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "totp_step",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('finance', 'support', 'editor', 'admin')",
            name=op.f("ck_staff_member_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_member_login")),
    )
    op.create_table(
        "stripe_event",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("event_id", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("object_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_stripe_event_event_id")),
    )
    op.create_index(
        op.f("ix_stripe_event_received_at"),
        "stripe_event",
        ["received_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_stripe_event_type"), "stripe_event", ["type"], unique=False
    )
    op.create_table(
        "ledger_posting",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("account", sa.String(length=30), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "amount_minor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_ledger_posting_moves")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_posting_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_posting")),
    )
    op.create_index(
        "ix_ledger_posting_account",
        "ledger_posting",
        ["account", "currency"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ledger_posting_entry_id"), "ledger_posting", ["entry_id"], unique=False
    )
    op.create_table(
        "newsletter_subscription",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("newsletter", sa.String(length=40), nullable=False),
        sa.Column(
            "data_key_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mails_asked", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unsubscribed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'confirmed', 'unsubscribed')",
            name=op.f("ck_newsletter_subscription_state"),
        ),
        sa.ForeignKeyConstraint(
            ["data_key_id"],
            ["data_key.id"],
            name=op.f("fk_newsletter_subscription_data_key_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_subscription")),
        sa.UniqueConstraint(
            "data_key_id", name=op.f("uq_newsletter_subscription_data_key_id")
        ),
        sa.UniqueConstraint(
            "newsletter",
            "email_index",
            name=op.f("uq_newsletter_subscription_newsletter_email_index"),
        ),
        sa.UniqueConstraint(
            "public_id", name=op.f("uq_newsletter_subscription_public_id")
        ),
    )
    op.create_table(
        "reminder",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column(
            "data_key_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("placement", sa.String(length=30), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=True),
        sa.Column(
            "amount_minor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('set', 'sent', 'cancelled')", name=op.f("ck_reminder_state")
        ),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_reminder_data_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("data_key_id", name=op.f("uq_reminder_data_key_id")),
        sa.UniqueConstraint(
            "email_index", "month", name=op.f("uq_reminder_email_index_month")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_reminder_public_id")),
    )
    op.create_index(op.f("ix_reminder_month"), "reminder", ["month"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("token_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "staff_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_staff_session_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_staff_session_token_digest")),
    )
    op.create_index(
        op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"], unique=False
    )
    op.create_table(
        "supporter",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column(
            "data_key_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_supporter_data_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supporter")),
        sa.UniqueConstraint("data_key_id", name=op.f("uq_supporter_data_key_id")),
        sa.UniqueConstraint("email_index", name=op.f("uq_supporter_email_index")),
        sa.UniqueConstraint("public_id", name=op.f("uq_supporter_public_id")),
    )
    op.create_table(
        "membership",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column(
            "supporter_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "checkout_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("subscription_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("subscription_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("renews_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_with_period", sa.Boolean(), nullable=False),
        sa.Column("end_reason", sa.String(length=40), nullable=True),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_failure_code", sa.String(length=60), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "amount_minor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('once', 'monthly', 'annual')",
            name=op.f("ck_membership_frequency"),
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkout.id"], name=op.f("fk_membership_checkout_id")
        ),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_membership_supporter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("public_id", name=op.f("uq_membership_public_id")),
        sa.UniqueConstraint(
            "subscription_index", name=op.f("uq_membership_subscription_index")
        ),
    )
    op.create_index(
        op.f("ix_membership_checkout_id"), "membership", ["checkout_id"], unique=False
    )
    op.create_index(op.f("ix_membership_state"), "membership", ["state"], unique=False)
    op.create_index(
        op.f("ix_membership_supporter_id"), "membership", ["supporter_id"], unique=False
    )
    op.create_table(
        "stripe_customer",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "supporter_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("customer_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("customer_index", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["supporter_id"],
            ["supporter.id"],
            name=op.f("fk_stripe_customer_supporter_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_customer")),
        sa.UniqueConstraint(
            "customer_index", name=op.f("uq_stripe_customer_customer_index")
        ),
    )
    op.create_index(
        op.f("ix_stripe_customer_supporter_id"),
        "stripe_customer",
        ["supporter_id"],
        unique=False,
    )
    op.create_table(
        "gift",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column(
            "supporter_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "checkout_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "membership_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("method", sa.String(length=30), nullable=False),
        sa.Column("payment_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("payment_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "amount_minor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('once', 'monthly', 'annual')", name=op.f("ck_gift_frequency")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_gift_positive")),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkout.id"], name=op.f("fk_gift_checkout_id")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_gift_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_gift_supporter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
        sa.UniqueConstraint("payment_index", name=op.f("uq_gift_payment_index")),
        sa.UniqueConstraint("public_id", name=op.f("uq_gift_public_id")),
    )
    op.create_index(op.f("ix_gift_checkout_id"), "gift", ["checkout_id"], unique=False)
    op.create_index(
        op.f("ix_gift_membership_id"), "gift", ["membership_id"], unique=False
    )
    op.create_index(op.f("ix_gift_received_at"), "gift", ["received_at"], unique=False)
    op.create_index(
        op.f("ix_gift_supporter_id"), "gift", ["supporter_id"], unique=False
    )
    op.create_table(
        "dispute",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "gift_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("dispute_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("dispute_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "amount_minor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["gift_id"], ["gift.id"], name=op.f("fk_dispute_gift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("dispute_index", name=op.f("uq_dispute_dispute_index")),
    )
    op.create_index(op.f("ix_dispute_gift_id"), "dispute", ["gift_id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "gift_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gift_id"], ["gift.id"], name=op.f("fk_receipt_gift_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_receipt")),
        sa.UniqueConstraint("gift_id", name=op.f("uq_receipt_gift_id")),
    )
    op.create_table(
        "refund",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "gift_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("refund_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("refund_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "amount_minor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["gift_id"], ["gift.id"], name=op.f("fk_refund_gift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("refund_index", name=op.f("uq_refund_refund_index")),
    )
    op.create_index(op.f("ix_refund_gift_id"), "refund", ["gift_id"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(op.f("ix_refund_gift_id"), table_name="refund")
    op.drop_table("refund")
    op.drop_table("receipt")
    op.drop_index(op.f("ix_dispute_gift_id"), table_name="dispute")
    op.drop_table("dispute")
    op.drop_index(op.f("ix_gift_supporter_id"), table_name="gift")
    op.drop_index(op.f("ix_gift_received_at"), table_name="gift")
    op.drop_index(op.f("ix_gift_membership_id"), table_name="gift")
    op.drop_index(op.f("ix_gift_checkout_id"), table_name="gift")
    op.drop_table("gift")
    op.drop_index(op.f("ix_stripe_customer_supporter_id"), table_name="stripe_customer")
    op.drop_table("stripe_customer")
    op.drop_index(op.f("ix_membership_supporter_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_state"), table_name="membership")
    op.drop_index(op.f("ix_membership_checkout_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_table("supporter")
    op.drop_index(op.f("ix_staff_session_staff_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(op.f("ix_reminder_month"), table_name="reminder")
    op.drop_table("reminder")
    op.drop_table("newsletter_subscription")
    op.drop_index(op.f("ix_ledger_posting_entry_id"), table_name="ledger_posting")
    op.drop_index("ix_ledger_posting_account", table_name="ledger_posting")
    op.drop_table("ledger_posting")
    op.drop_index(op.f("ix_stripe_event_type"), table_name="stripe_event")
    op.drop_index(op.f("ix_stripe_event_received_at"), table_name="stripe_event")
    op.drop_table("stripe_event")
    op.drop_table("staff_member")
    op.drop_table("letter")
    op.drop_index(op.f("ix_ledger_entry_occurred_at"), table_name="ledger_entry")
    op.drop_index(op.f("ix_ledger_entry_gift_reference"), table_name="ledger_entry")
    op.drop_table("ledger_entry")
    op.drop_index("ix_job_due", table_name="job")
    op.drop_table("job")
    op.drop_table("heartbeat")
    op.drop_index(op.f("ix_edition_version"), table_name="edition")
    op.drop_table("edition")
    op.drop_table("data_key")
    op.drop_table("counter")
    op.drop_index(op.f("ix_checkout_state"), table_name="checkout")
    op.drop_index(op.f("ix_checkout_created_at"), table_name="checkout")
    op.drop_table("checkout")
