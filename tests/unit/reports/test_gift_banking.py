from datetime import UTC, datetime

from sqlalchemy import select
from tests_support.banking import bank_lines, batch, line, payout, payout_line, take_in

from donations.giving.models import Gift
from donations.kernel.database import begin_write
from donations.ledger.chart import Kind
from donations.reconciliation.receipts import match_by_hand, undo
from donations.reports.gift import gift

AT = datetime(2026, 11, 18, tzinfo=UTC)


def test_a_gift_knows_its_payout_and_its_bank_line(session, master, clock, give):
    name = give(AT, 4825)
    assert gift(session, name).banking == ()
    sent = payout(session)
    payout_line(session, sent, "txn_0", Kind.GIFT, 4825, booked=False)
    [step] = gift(session, name).banking
    assert (step.payout, step.line_id) == ("po_1", None)
    take_in(session, master, line())
    [which] = bank_lines(session)
    match_by_hand(begin_write(session), which, [sent], [], by="vera", now=clock.now())
    session.commit()
    [step] = gift(session, name).banking
    assert (step.payout, step.line_id, step.booked_on) == ("po_1", which.id, which.booked_on)
    undo(begin_write(session), which, by="vera", now=clock.now())
    session.commit()
    assert gift(session, name).banking[0].line_id is None


def test_a_gift_of_a_batch_knows_the_line_of_the_batch(session, master, clock, give):
    name = give(AT, 4825)
    of = batch(session, amount=4825)
    begin_write(session)
    found = session.scalars(select(Gift).where(Gift.public_id == name)).one()
    number = of.id
    found.checkout_id = found.payment_sealed = found.payment_index = None
    found.batch_id = number
    session.commit()
    take_in(session, master, line())
    [which] = bank_lines(session)
    match_by_hand(begin_write(session), which, [], [of], by="vera", now=clock.now())
    session.commit()
    [step] = gift(session, name).banking
    assert (step.payout, step.line_id) == (None, which.id)
