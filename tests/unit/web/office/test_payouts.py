import pytest
from tests_support.banking import bank_lines, line, payout, payout_line, take_in

from donations.kernel.database import begin_write
from donations.ledger.chart import Kind
from donations.reconciliation.receipts import match_by_hand


@pytest.fixture
def sent(session):
    one = payout(session, trace_id="TRACE0001")
    payout_line(session, one, "txn_a", Kind.GIFT, 5000, 175, gift="gift1")
    payout_line(session, one, "txn_b", Kind.REFUND, -100, booked=False)
    payout_line(session, one, "txn_c", Kind.ADJUSTMENT, 100)
    return one


def test_the_list_shows_the_parts_of_each_payout_and_the_difference(sign_in, sent):
    page = sign_in("accountant").get("/office/payouts").text
    for shown in ('href="/office/payouts/po_1"', "$48.25", "-$1.75", "-$1.00", "$0.00", "Paid"):
        assert shown in page, shown


def test_a_payout_is_followed_to_the_gift_and_the_bank_line(sign_in, sent, session, master, clock):
    take_in(session, master, line(4800))
    [which] = bank_lines(session)
    match_by_hand(begin_write(session), which, [sent], [], by="vera", now=clock.now())
    session.commit()
    staff = sign_in("finance")
    page = staff.get("/office/payouts/po_1").text
    for shown in (
        'href="/office/gifts/gift1"',
        f'href="/office/bank/{which.id}"',
        "TRACE0001",
        "Refund, not booked yet",
        "1 is not booked yet",
        '<span class="wrong">-$0.25</span>',
    ):
        assert shown in page, shown
    assert 'href="/office/payouts/po_1"' in staff.get(f"/office/bank/{which.id}").text


def test_a_payout_made_by_hand_says_that_its_contents_cannot_be_known(sign_in, session):
    payout(session, automatic=False, lines_at=None)
    staff = sign_in("finance")
    assert "Stripe cannot say which movements it contains" in staff.get("/office/payouts/po_1").text
    assert "Stripe cannot say what it contains" in staff.get("/office/payouts").text


def test_a_failed_payout_leads_to_the_one_that_pays_it_again_and_back(sign_in, session):
    payout(
        session, "po_failed", state="failed", return_movement="txn_r", failure_code="account_closed"
    )
    again = payout(session, "po_again")
    payout_line(session, again, "txn_r", Kind.PAYOUT_FAILED, 4825, type_="payout_failure")
    staff = sign_in("finance")
    assert "paid again in po_again" in staff.get("/office/payouts/po_failed").text
    assert 'href="/office/payouts/po_failed"' in staff.get("/office/payouts/po_again").text


def test_a_filter_nobody_could_choose_is_refused(sign_in, session):
    staff = sign_in("finance")
    for query in ("month=2026-13", "currency=zzz", "state=lost", "matched=maybe"):
        assert staff.get(f"/office/payouts?{query}").status_code == 400, query
    assert staff.get("/office/payouts?matched=no&state=paid&month=2026-11").status_code == 200
    assert staff.get("/office/payouts/po_none").status_code == 404


def test_both_reports_are_shown_and_exported(sign_in, sent):
    staff = sign_in("accountant")
    for name in ("payout-summary", "payout-lines"):
        assert "po_1" in staff.get(f"/office/reports/{name}").text
        assert "po_1" in staff.get(f"/office/reports/{name}.csv").text
        assert staff.get(f"/office/reports/{name}.xlsx").status_code == 200
