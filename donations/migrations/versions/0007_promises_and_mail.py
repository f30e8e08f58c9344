"""Reminders on a day, again and again; suppressed addresses; recoveries; audiences; carriers.

Reminders promised before get the day and moment they are owed at, in the newsroom's zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import context, op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_HOUR = time(9)


def upgrade() -> None:
    """Widen reminders, letters, jobs, checkouts and subscriptions; make the new tables."""
    _widen_reminders()
    _date_reminders()
    _tighten_reminders()
    _widen_others()
    _make_tables()


def downgrade() -> None:
    """Take it back; a reminder of a reader who gave is one that was cancelled."""
    for name in ("recovery", "audience_member", "job_pause", "mail_domain", "suppression"):
        op.drop_table(name)
    with op.batch_alter_table("checkout") as table:
        table.drop_column("recovery_consent")
        table.drop_column("reminder")
    op.drop_index(op.f("ix_newsletter_subscription_email_index"), "newsletter_subscription")
    op.drop_column("newsletter_subscription", "placement")
    op.drop_index("ix_job_due", table_name="job")
    op.create_index("ix_job_due", "job", ["state", "run_at"])
    op.drop_column("job", "announced_at")
    with op.batch_alter_table("letter") as table:
        table.drop_index(op.f("ix_letter_sent_at"))
        table.drop_constraint(op.f("uq_letter_message_id"), type_="unique")
        for name in ("message_id", "returned_at", "returned_as"):
            table.drop_column(name)
    op.execute("UPDATE reminder SET state = 'cancelled' WHERE state = 'given'")
    with op.batch_alter_table("reminder") as table:
        table.drop_constraint(op.f("uq_reminder_email_index_spoke_in"), type_="unique")
        for name in ("stage", "bounded", "most", "owed", "state"):
            table.drop_constraint(op.f(f"ck_reminder_{name}"), type_="check")
        table.create_check_constraint(
            op.f("ck_reminder_state"), "state IN ('set', 'sent', 'cancelled')"
        )
        table.drop_index(op.f("ix_reminder_forget_at"))
        table.drop_index(op.f("ix_reminder_due"))
        for name in (*_REMINDER_COLUMNS, "due_on"):
            table.drop_column(name)


_REMINDER_COLUMNS = (
    *("due_at", "second", "every_months", "drawn", "held_back", "stage", "campaign", "sent"),
    *("attempts", "spoke_in", "last_sent_at", "opened_at", "gave_at", "forget_at"),
)


def _reminder_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("due_on", sa.Date()),
        sa.Column("due_at", _MOMENT),
        sa.Column("second", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("every_months", sa.Integer()),
        sa.Column("drawn", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("held_back", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("stage", sa.String(10), nullable=False, server_default="before"),
        sa.Column("campaign", sa.String(30), nullable=False, server_default=""),
        sa.Column("sent", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("spoke_in", sa.Date()),
        sa.Column("last_sent_at", _MOMENT),
        sa.Column("opened_at", _MOMENT),
        sa.Column("gave_at", _MOMENT),
        sa.Column("forget_at", _MOMENT),
    )


def _widen_reminders() -> None:
    for column in _reminder_columns():
        op.add_column("reminder", column)
    op.execute("UPDATE reminder SET due_on = month")
    op.execute("UPDATE reminder SET sent = 1, last_sent_at = sent_at WHERE sent_at IS NOT NULL")
    # Their keys were destroyed when they ended; the index by which they were found goes too.
    op.execute(
        "UPDATE reminder SET forget_at = COALESCE(sent_at, cancelled_at, created_at)"
        " WHERE state <> 'set'"
    )


def _date_reminders() -> None:
    connection = op.get_bind()
    zone = ZoneInfo(str(context.config.attributes.get("zone", "UTC")))
    reminder = sa.table(
        "reminder", sa.column("id"), sa.column("month", sa.Date()), sa.column("due_at", _MOMENT)
    )
    owed = connection.execute(
        sa.text("SELECT id, month FROM reminder WHERE state = 'set'").columns(
            id=sa.Integer(), month=sa.Date()
        )
    ).all()
    if owed:
        connection.execute(
            sa.update(reminder)
            .where(reminder.c.id == sa.bindparam("row"))
            .values(due_at=sa.bindparam("moment")),
            [{"row": row, "moment": _moment(month, zone)} for row, month in owed],
        )


def _moment(month: date, zone: ZoneInfo) -> datetime:
    at = datetime.combine(month, _HOUR, zone).astimezone(UTC)
    return at.replace(tzinfo=None) if op.get_bind().dialect.name == "sqlite" else at


def _tighten_reminders() -> None:
    with op.batch_alter_table("reminder") as table:
        table.alter_column("due_on", existing_type=sa.Date(), nullable=False)
        table.drop_constraint(op.f("ck_reminder_state"), type_="check")
        table.create_check_constraint(
            op.f("ck_reminder_state"), "state IN ('set', 'sent', 'cancelled', 'given')"
        )
        table.create_check_constraint(
            op.f("ck_reminder_stage"), "stage IN ('before', 'after', 'winback')"
        )
        table.create_check_constraint(op.f("ck_reminder_bounded"), "every_months IN (1, 3, 6, 12)")
        table.create_check_constraint(
            op.f("ck_reminder_most"),
            "sent <= CASE WHEN every_months IS NULL THEN 2 ELSE 24 END",
        )
        table.create_unique_constraint(
            op.f("uq_reminder_email_index_spoke_in"), ["email_index", "spoke_in"]
        )
        table.create_check_constraint(
            op.f("ck_reminder_owed"), "(state = 'set') = (due_at IS NOT NULL)"
        )
        table.create_index("ix_reminder_due", ["state", "due_at"])
        table.create_index(op.f("ix_reminder_forget_at"), ["forget_at"])


def _widen_others() -> None:
    op.add_column("job", sa.Column("announced_at", _MOMENT))
    op.drop_index("ix_job_due", table_name="job")
    op.create_index("ix_job_due", "job", ["state", "kind", "run_at"])
    op.add_column(
        "newsletter_subscription",
        sa.Column("placement", sa.String(30), nullable=False, server_default=""),
    )
    op.create_index(
        op.f("ix_newsletter_subscription_email_index"), "newsletter_subscription", ["email_index"]
    )
    op.add_column(
        "checkout", sa.Column("reminder", sa.String(20), nullable=False, server_default="")
    )
    op.add_column(
        "checkout", sa.Column("recovery_consent", sa.Text(), nullable=False, server_default="")
    )
    with op.batch_alter_table("letter") as table:
        table.add_column(sa.Column("message_id", sa.String(32)))
        table.add_column(sa.Column("returned_at", _MOMENT))
        table.add_column(sa.Column("returned_as", sa.String(12)))
        table.create_unique_constraint(op.f("uq_letter_message_id"), ["message_id"])
        table.create_index(op.f("ix_letter_sent_at"), ["sent_at"])


def _make_tables() -> None:
    op.create_table(
        "suppression",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("email_index", sa.LargeBinary(32), nullable=False),
        sa.Column("scope", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "scope IN ('everything', 'wishes', 'reminders')", name=op.f("ck_suppression_scope")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
        sa.UniqueConstraint("email_index", "scope", name=op.f("uq_suppression_email_index_scope")),
    )
    op.create_table(
        "mail_domain",
        sa.Column("domain_index", sa.LargeBinary(32), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=False),
        sa.Column("line_ends_at", _MOMENT),
        sa.Column("quiet_until", _MOMENT),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain_index", name=op.f("pk_mail_domain")),
    )
    op.create_table(
        "job_pause",
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("paused_at", _MOMENT, nullable=False),
        sa.Column("paused_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_job_pause")),
    )
    op.create_table(
        "audience_member",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("subscription_id", _BIG, nullable=False),
        sa.Column("service", sa.String(20), nullable=False),
        sa.Column("wanted", sa.String(3), nullable=False),
        sa.Column("told", sa.String(3), nullable=False),
        sa.Column("remote_sealed", sa.LargeBinary()),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("told_at", _MOMENT),
        sa.CheckConstraint("wanted IN ('in', 'out')", name=op.f("ck_audience_member_wanted")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["newsletter_subscription.id"],
            name=op.f("fk_audience_member_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_member")),
        sa.UniqueConstraint(
            "subscription_id", "service", name=op.f("uq_audience_member_subscription_id_service")
        ),
    )
    _make_recoveries()


def _make_recoveries() -> None:
    op.create_table(
        "recovery",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("checkout_id", _BIG, nullable=False),
        sa.Column("data_key_id", _BIG, nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(32), nullable=False),
        sa.Column("url_sealed", sa.LargeBinary()),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due_at", _MOMENT),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_sent_at", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.Column("forget_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('set', 'sent', 'cancelled', 'given')", name=op.f("ck_recovery_state")
        ),
        sa.CheckConstraint("(state = 'set') = (due_at IS NOT NULL)", name=op.f("ck_recovery_owed")),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkout.id"], name=op.f("fk_recovery_checkout_id")
        ),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_recovery_data_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_recovery_checkout_id")),
        sa.UniqueConstraint("data_key_id", name=op.f("uq_recovery_data_key_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recovery_public_id")),
    )
    op.create_index("ix_recovery_due", "recovery", ["state", "due_at"])
    op.create_index(op.f("ix_recovery_email_index"), "recovery", ["email_index"])
    op.create_index(op.f("ix_recovery_forget_at"), "recovery", ["forget_at"])
