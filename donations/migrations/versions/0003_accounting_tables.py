"""Tables for books that tie: payouts, bank lines, offline gifts, totals, closed months."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table('bank_statement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('format', sa.String(length=10), nullable=False),
    sa.Column('account', sa.String(length=10), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('imported_by', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_statement')),
    sa.UniqueConstraint('digest', name=op.f('uq_bank_statement_digest'))
    )
    op.create_table('benefit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('frequency', sa.String(length=10), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('set_by', sa.String(length=80), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.CheckConstraint("frequency IN ('monthly', 'annual')", name=op.f('ck_benefit_frequency')),
    sa.CheckConstraint('amount_minor >= 0', name=op.f('ck_benefit_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_benefit')),
    sa.UniqueConstraint('frequency', 'currency', 'from_on', name=op.f('uq_benefit_frequency_currency_from_on'))
    )
    op.create_table('closed_month',
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_by', sa.String(length=80), nullable=False),
    sa.Column('last_number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('facts', sa.LargeBinary(), nullable=False),
    sa.Column('pack_sha256', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('month', name=op.f('pk_closed_month'))
    )
    op.create_table('discrepancy',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('detail', sa.String(length=200), nullable=True),
    sa.Column('posted_on', sa.Date(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cleared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('explained_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('explained_by', sa.String(length=80), nullable=True),
    sa.Column('explanation', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discrepancy')),
    sa.UniqueConstraint('key', name=op.f('uq_discrepancy_key'))
    )
    op.create_index(op.f('ix_discrepancy_kind'), 'discrepancy', ['kind'], unique=False)
    op.create_index(op.f('ix_discrepancy_posted_on'), 'discrepancy', ['posted_on'], unique=False)
    op.create_table('fund',
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_fund'))
    )
    op.create_table('ledger_books',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('closed_through', sa.Date(), nullable=True),
    sa.Column('last_number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_ledger_books_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_books'))
    )
    op.create_table('ledger_day',
    sa.Column('posted_on', sa.Date(), nullable=False),
    sa.Column('account', sa.String(length=30), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('frequency', sa.String(length=10), nullable=False),
    sa.Column('fund', sa.String(length=30), nullable=False),
    sa.Column('campaign', sa.String(length=30), nullable=False),
    sa.Column('cohort', sa.String(length=7), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entries', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('posted_on', 'account', 'currency', 'kind', 'frequency', 'fund', 'campaign', 'cohort', name=op.f('pk_ledger_day'))
    )
    op.create_table('ledger_month',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('account', sa.String(length=30), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('frequency', sa.String(length=10), nullable=False),
    sa.Column('fund', sa.String(length=30), nullable=False),
    sa.Column('campaign', sa.String(length=30), nullable=False),
    sa.Column('cohort', sa.String(length=7), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entries', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('month', 'account', 'currency', 'kind', 'frequency', 'fund', 'campaign', 'cohort', name=op.f('pk_ledger_month'))
    )
    op.create_table('ledger_method_day',
    sa.Column('posted_on', sa.Date(), nullable=False),
    sa.Column('method', sa.String(length=30), nullable=False),
    sa.Column('card_country', sa.String(length=2), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('gifts', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('volume_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fee_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tax_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('posted_on', 'method', 'card_country', 'currency', name=op.f('pk_ledger_method_day'))
    )
    op.create_table('ledger_never',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.CheckConstraint('id <> id', name=op.f('ck_ledger_never_empty')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_never'))
    )
    op.create_table('offline_batch',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('method', sa.String(length=30), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('expected_count', sa.Integer(), nullable=False),
    sa.Column('expected_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('deposit_slip', sa.String(length=60), nullable=True),
    sa.Column('banked_on', sa.Date(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by', sa.String(length=80), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(length=80), nullable=True),
    sa.CheckConstraint("method IN ('cheque', 'bank_transfer', 'cash')", name=op.f('ck_offline_batch_method')),
    sa.CheckConstraint('expected_count > 0 AND expected_minor > 0', name=op.f('ck_offline_batch_expected')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offline_batch')),
    sa.UniqueConstraint('public_id', name=op.f('uq_offline_batch_public_id'))
    )
    op.create_table('payout',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('stripe_id', sa.String(length=80), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('arrives_on', sa.Date(), nullable=False),
    sa.Column('trace_id', sa.String(length=80), nullable=True),
    sa.Column('failure_code', sa.String(length=60), nullable=True),
    sa.Column('movement', sa.String(length=80), nullable=True),
    sa.Column('return_movement', sa.String(length=80), nullable=True),
    sa.Column('lines_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('synced_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout')),
    sa.UniqueConstraint('stripe_id', name=op.f('uq_payout_stripe_id'))
    )
    op.create_index(op.f('ix_payout_arrives_on'), 'payout', ['arrives_on'], unique=False)
    op.create_index(op.f('ix_payout_created_at'), 'payout', ['created_at'], unique=False)
    op.create_index(op.f('ix_payout_return_movement'), 'payout', ['return_movement'], unique=False)
    op.create_index(op.f('ix_payout_state'), 'payout', ['state'], unique=False)
    op.create_table('sweep',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reached', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.Column('mended', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sweep'))
    )
    op.create_table('bank_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('statement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=True),
    sa.Column('dismissed_by', sa.String(length=80), nullable=True),
    sa.Column('dismissed_why', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['statement_id'], ['bank_statement.id'], name=op.f('fk_bank_line_statement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_line')),
    sa.UniqueConstraint('key', name=op.f('uq_bank_line_key'))
    )
    op.create_index('ix_bank_line_amount', 'bank_line', ['currency', 'amount_minor'], unique=False)
    op.create_index(op.f('ix_bank_line_booked_on'), 'bank_line', ['booked_on'], unique=False)
    op.create_index(op.f('ix_bank_line_reference'), 'bank_line', ['reference'], unique=False)
    op.create_index(op.f('ix_bank_line_statement_id'), 'bank_line', ['statement_id'], unique=False)
    op.create_table('ledger_unbalanced',
    sa.Column('entry_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('refused', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['refused'], ['ledger_never.id'], name=op.f('fk_ledger_unbalanced_refused'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('entry_id', 'currency', name=op.f('pk_ledger_unbalanced'))
    )
    op.create_table('payout_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payout_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('movement', sa.String(length=80), nullable=False),
    sa.Column('type', sa.String(length=50), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fee_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fee_tax_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['payout_id'], ['payout.id'], name=op.f('fk_payout_line_payout_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_line')),
    sa.UniqueConstraint('movement', name=op.f('uq_payout_line_movement'))
    )
    op.create_index(op.f('ix_payout_line_payout_id'), 'payout_line', ['payout_id'], unique=False)
    op.create_table('bank_match',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payout_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_by', sa.String(length=80), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(payout_id IS NULL) <> (batch_id IS NULL)', name=op.f('ck_bank_match_one_target')),
    sa.ForeignKeyConstraint(['batch_id'], ['offline_batch.id'], name=op.f('fk_bank_match_batch_id')),
    sa.ForeignKeyConstraint(['line_id'], ['bank_line.id'], name=op.f('fk_bank_match_line_id')),
    sa.ForeignKeyConstraint(['payout_id'], ['payout.id'], name=op.f('fk_bank_match_payout_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_match')),
    sa.UniqueConstraint('source', name=op.f('uq_bank_match_source'))
    )
    op.create_index(op.f('ix_bank_match_batch_id'), 'bank_match', ['batch_id'], unique=False)
    op.create_index(op.f('ix_bank_match_line_id'), 'bank_match', ['line_id'], unique=False)
    op.create_index(op.f('ix_bank_match_payout_id'), 'bank_match', ['payout_id'], unique=False)
    op.create_table('offline_item',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fund', sa.String(length=30), server_default='', nullable=False),
    sa.Column('reference', sa.String(length=60), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('gift_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_offline_item_positive')),
    sa.ForeignKeyConstraint(['batch_id'], ['offline_batch.id'], name=op.f('fk_offline_item_batch_id')),
    sa.ForeignKeyConstraint(['gift_id'], ['gift.id'], name=op.f('fk_offline_item_gift_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offline_item')),
    sa.UniqueConstraint('gift_id', name=op.f('uq_offline_item_gift_id'))
    )
    op.create_index(op.f('ix_offline_item_batch_id'), 'offline_item', ['batch_id'], unique=False)
    op.create_table('membership_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('frequency', sa.String(length=10), nullable=False),
    sa.Column('amount_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('before_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('monthly_minor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=True),
    sa.CheckConstraint('monthly_minor >= 0 AND before_minor >= 0', name=op.f('ck_membership_change_not_negative')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_membership_change_membership_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership_change')),
    sa.UniqueConstraint('membership_id', 'number', name=op.f('uq_membership_change_membership_id_number'))
    )
    op.create_index(op.f('ix_membership_change_at'), 'membership_change', ['at'], unique=False)
    op.execute(_TELL_HISTORY)


# What is known of memberships that began before their changes were kept: how each began, every
# payment of another amount than the one before, and how it stands.
_TELL_HISTORY = """
WITH paid AS (
  SELECT gift.membership_id AS membership_id, gift.received_at AS at, gift.amount_minor AS amount,
         row_number() OVER (PARTITION BY gift.membership_id ORDER BY gift.received_at, gift.id) AS nth,
         row_number() OVER (PARTITION BY gift.membership_id ORDER BY gift.received_at DESC, gift.id DESC) AS from_last,
         lag(gift.amount_minor) OVER (PARTITION BY gift.membership_id ORDER BY gift.received_at, gift.id) AS was
  FROM gift JOIN membership ON membership.id = gift.membership_id AND membership.currency = gift.currency
), fact AS (
  SELECT m.id AS membership_id, 0 AS turn, m.started_at AS at,
         CASE WHEN paid.amount IS NULL THEN m.state ELSE 'active' END AS state,
         coalesce(paid.amount, m.amount_minor) AS amount, NULL AS reason
  FROM membership m LEFT JOIN paid ON paid.membership_id = m.id AND paid.nth = 1
  UNION ALL
  SELECT membership_id, nth, at, 'active', amount, NULL FROM paid WHERE was <> amount
  UNION ALL
  SELECT m.id, paid.nth + 1, CASE WHEN coalesce(m.ended_at, m.synced_at) < paid.at THEN paid.at
         ELSE coalesce(m.ended_at, m.synced_at) END, m.state, m.amount_minor, m.end_reason
  FROM membership m JOIN paid ON paid.membership_id = m.id AND paid.from_last = 1
  WHERE m.state <> 'active' OR m.amount_minor <> paid.amount
), told AS (
  SELECT fact.*, m.frequency AS frequency, m.currency AS currency,
         row_number() OVER (PARTITION BY fact.membership_id ORDER BY fact.turn) AS number,
         CASE WHEN fact.state NOT IN ('active', 'past_due') THEN 0
              WHEN m.frequency = 'annual' THEN (2 * fact.amount + 12) / 24
              ELSE fact.amount END AS monthly
  FROM fact JOIN membership m ON m.id = fact.membership_id
)
INSERT INTO membership_change (membership_id, number, at, state, frequency, amount_minor, currency,
  before_minor, monthly_minor, reason)
SELECT membership_id, number, at, state, frequency, amount, currency,
  coalesce(lag(monthly) OVER (PARTITION BY membership_id ORDER BY number), 0), monthly, reason
FROM told
"""


def downgrade() -> None:
    """Remove the tables."""
    op.drop_index(op.f('ix_membership_change_at'), table_name='membership_change')
    op.drop_table('membership_change')
    op.drop_index(op.f('ix_offline_item_batch_id'), table_name='offline_item')
    op.drop_table('offline_item')
    op.drop_index(op.f('ix_bank_match_payout_id'), table_name='bank_match')
    op.drop_index(op.f('ix_bank_match_line_id'), table_name='bank_match')
    op.drop_index(op.f('ix_bank_match_batch_id'), table_name='bank_match')
    op.drop_table('bank_match')
    op.drop_index(op.f('ix_payout_line_payout_id'), table_name='payout_line')
    op.drop_table('payout_line')
    op.drop_table('ledger_unbalanced')
    op.drop_index(op.f('ix_bank_line_statement_id'), table_name='bank_line')
    op.drop_index(op.f('ix_bank_line_reference'), table_name='bank_line')
    op.drop_index(op.f('ix_bank_line_booked_on'), table_name='bank_line')
    op.drop_index('ix_bank_line_amount', table_name='bank_line')
    op.drop_table('bank_line')
    op.drop_table('sweep')
    op.drop_index(op.f('ix_payout_state'), table_name='payout')
    op.drop_index(op.f('ix_payout_return_movement'), table_name='payout')
    op.drop_index(op.f('ix_payout_created_at'), table_name='payout')
    op.drop_index(op.f('ix_payout_arrives_on'), table_name='payout')
    op.drop_table('payout')
    op.drop_table('offline_batch')
    op.drop_table('ledger_never')
    op.drop_table('ledger_method_day')
    op.drop_table('ledger_month')
    op.drop_table('ledger_day')
    op.drop_table('ledger_books')
    op.drop_table('fund')
    op.drop_index(op.f('ix_discrepancy_posted_on'), table_name='discrepancy')
    op.drop_index(op.f('ix_discrepancy_kind'), table_name='discrepancy')
    op.drop_table('discrepancy')
    op.drop_table('closed_month')
    op.drop_table('benefit')
    op.drop_table('bank_statement')
