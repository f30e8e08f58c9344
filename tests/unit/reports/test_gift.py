from datetime import UTC, datetime

import pytest

from donations.giving.models import Dispute, Refund
from donations.kernel.errors import NotFound
from donations.ledger.chart import Kind
from donations.reports.gift import gift

AT = datetime(2026, 11, 10, tzinfo=UTC)


def test_every_entry_of_a_gift_is_shown_as_debits_and_credits_that_balance(session, give):
    name = give(AT, 1000, 59)
    give(AT, -400, kind=Kind.REFUND, gift=name)
    entries = gift(session, name).entries
    assert [entry.kind for entry in entries] == ["gift", "refund"]
    for entry in entries:
        debits = sum(line.debit.minor for line in entry.lines if line.debit)
        credits_ = sum(line.credit.minor for line in entry.lines if line.credit)
        assert debits == credits_ > 0


def test_refunds_and_disputes_are_shown_as_stripe_states_them(session, give, take_back):
    name = give(AT, 1000)
    take_back(Refund, name, 400, AT, "pending")
    take_back(Dispute, name, 600, AT, "needs_response", reason="duplicate")
    found = gift(session, name)
    assert [(each.amount.minor, each.state) for each in found.refunds] == [(400, "pending")]
    assert [each.reason for each in found.disputes] == ["duplicate"]


def test_an_unknown_number_is_not_found(session):
    with pytest.raises(NotFound):
        gift(session, "nobody")
