from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from tests_support.audited import Newsroom

from donations.kernel.database import begin_write
from donations.reconciliation.discrepancies import Finding, Kind, clear_unseen, found
from donations.reconciliation.models import Discrepancy

DAY = date(2026, 11, 20)
PATH = "/office/exceptions"
ONE_OF_EACH = (
    Finding(Kind.INVARIANT_BROKEN, "totals_are_sums", DAY, detail="2026-11-19"),
    Finding(Kind.BALANCE_DIFFERS, "usd", DAY, 1250, "usd"),
    Finding(Kind.BALANCE_DIFFERS, "jpy", DAY, -300, "jpy"),
    Finding(Kind.IN_STRIPE_NOT_HERE, "txn_1", DAY, 700, "usd", "suspense=charge"),
    Finding(Kind.IN_STRIPE_NOT_HERE, "txn_2", DAY, 700, "usd", "movement=charge"),
    Finding(Kind.HERE_NOT_IN_STRIPE, "txn_3", DAY, 700, "usd", "entry"),
    Finding(Kind.HERE_NOT_IN_STRIPE, "gift1", DAY, 700, "usd", "gift"),
    Finding(Kind.LATE_INTO_CLOSED, "txn_4", DAY, -700, "usd", "entry=refund;month=2026-10"),
    Finding(Kind.NO_FUND, "gift2", DAY, 700, "usd", "missing=courts"),
    Finding(Kind.NO_FUND, "gift3", DAY, 700, "usd", "closed=archive"),
    Finding(
        Kind.MEMBERSHIP_DIFFERS,
        "m1",
        DAY,
        5000,
        "usd",
        "state=active>ended;amount=50.00 USD>90.00 USD",
    ),
    Finding(Kind.MEMBERSHIP_DIFFERS, "m2", DAY, 5000, "usd", "not_here"),
    Finding(Kind.MEMBERSHIP_DIFFERS, "m3", DAY, 5000, "usd", "not_at_stripe"),
    Finding(Kind.REFUND_DIFFERS, "gift4@1", DAY, 5000, "usd", "state=pending>failed"),
    Finding(Kind.REFUND_DIFFERS, "gift5@1", DAY, 5000, "usd", "not_here"),
    Finding(Kind.DISPUTE_DIFFERS, "gift6@1", DAY, 5000, "usd", "not_at_stripe"),
    Finding(Kind.PAYOUT_BANK_DIFFERS, "po_1", DAY, -25, "usd"),
    Finding(Kind.PAYOUT_LINES_DIFFER, "po_2", DAY, -25, "usd"),
    Finding(Kind.PAYOUT_NOT_AT_BANK, "po_3", DAY, 4825, "usd"),
    Finding(Kind.BANK_LINE_UNMATCHED, "17", DAY, 4825, "usd"),
)


@pytest.fixture
def differ(session, clock):
    def kept(*findings):
        begin_write(session)
        found(session, findings, now=clock.now())
        session.commit()
        rows = session.scalars(select(Discrepancy).order_by(Discrepancy.id))
        numbers = {row.key: row.id for row in rows}
        session.rollback()
        return numbers

    return kept


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_an_empty_list_says_what_would_stand_there(sign_in):
    assert "Nothing is open" in sign_in("finance").get(PATH).text


def test_each_kind_is_a_sentence_people_understand(sign_in, differ):
    differ(*ONE_OF_EACH)
    told = words(sign_in("finance").get(PATH).text)
    for sentence in (
        "This does not hold: the daily totals are what the postings sum to (2026-11-19).",
        "Stripe holds $12.50 more than our books.",
        "Stripe holds ¥300 less than our books.",
        "Stripe calls it “charge”.",
        "our books do not have it (charge).",
        "Booked here, and Stripe does not list it.",
        "Stripe has not booked it.",
        "Refund of 2026-10, which was closed by then: booked in 2026-11.",
        "the fund “courts”, which does not exist",
        "the fund “archive”, which was closed",
        "State: here Active, at Stripe Ended. Amount: here 50.00 USD, at Stripe 90.00 USD.",
        "our memberships do not know",
        "Stripe does not list.",
        "State: here under way, at Stripe failed.",
        "Known at Stripe, and not here.",
        "Known here, and not at Stripe.",
        "The bank shows another amount than the payout.",
        "Its lines sum to another amount.",
        "Should have arrived on 2026-11-20",
        "match or dismiss it",
        "bank line 17",
    ):
        assert sentence in told, sentence


def test_finance_explains_one_and_its_name_stays_with_it(sign_in, differ, clock):
    numbers = differ(*ONE_OF_EACH)
    finance = sign_in("finance")
    clock.advance(timedelta(minutes=5))
    path = f"{PATH}/{numbers['balance_differs:usd']}"
    answer = finance.client.post(
        f"{path}?kind=balance_differs",
        data={"csrf_token": finance.token(PATH), "explanation": "It was there before us."},
    )
    assert answer.status_code == 303
    assert answer.location.endswith(f"{PATH}?kind=balance_differs")
    told = words(finance.get(f"{PATH}?kind=balance_differs").text)
    assert "It was there before us." in told
    assert "finance, 2026-11-24 13:05" in told
    assert told.index("Stripe holds ¥300") < told.index("Explained and cleared")
    assert told.index("Explained and cleared") < told.index("Stripe holds $12.50")


def test_an_explanation_needs_words(sign_in, differ):
    [number] = differ(ONE_OF_EACH[1]).values()
    finance = sign_in("finance")
    data = {"csrf_token": finance.token(PATH), "explanation": "  "}
    answer = finance.client.post(f"{PATH}/{number}", data=data)
    assert answer.status_code == 422
    assert "Say in a few words" in answer.text


def test_accountants_read_and_do_not_explain_and_others_do_not_even_read(sign_in, differ):
    [number] = differ(ONE_OF_EACH[1]).values()
    accountant = sign_in("accountant")
    assert "<textarea" not in accountant.get(PATH).text
    assert accountant.post(f"{PATH}/{number}", explanation="no").status_code == 403
    assert sign_in("support").get(PATH).status_code == 403


def test_the_list_is_narrowed_by_kind_month_and_state(sign_in, differ, session, clock):
    december = Finding(Kind.NO_FUND, "gift9", date(2026, 12, 3), 1, "usd", "missing=courts")
    differ(*ONE_OF_EACH[:3], december)
    clock.advance(timedelta(days=1))
    differ(december)
    begin_write(session)
    clear_unseen(session, [Kind.BALANCE_DIFFERS], now=clock.now())
    session.commit()
    finance = sign_in("finance")

    def listed(query):
        return sorted(set(re.findall(r'id="exception-(\d+)"', finance.get(f"{PATH}?{query}").text)))

    assert len(listed("")) == 4
    assert len(listed("kind=no_fund")) == 1
    assert len(listed("month=2026-12")) == 1
    assert len(listed("state=cleared")) == 2
    assert len(listed("state=open")) == 2
    assert listed("state=explained") == []
    assert finance.get(f"{PATH}?kind=nonsense").status_code == 400


def test_past_ones_come_a_page_at_a_time(sign_in, differ, session, clock):
    differ(*(Finding(Kind.NO_FUND, f"gift{n}", DAY, 1, "usd", "missing=x") for n in range(60)))
    clock.advance(timedelta(days=1))
    begin_write(session)
    clear_unseen(session, [Kind.NO_FUND], now=clock.now())
    session.commit()
    finance = sign_in("finance")
    first = finance.get(f"{PATH}?state=cleared").text
    assert first.count('id="exception-') == 50
    older = re.search(r'href="([^"]+after=[^"]+)"', first)[1].replace("&amp;", "&")
    assert finance.get(older).text.count('id="exception-') == 10


def test_each_leads_to_what_it_is_about(sign_in, session, master, clock):
    newsroom = Newsroom(session, master, clock)
    gift = newsroom.gift(fund="courts")
    newsroom.member()
    newsroom.stripe.promises.clear()
    newsroom.audit()
    page = sign_in("admin").get(PATH).text
    assert f'href="/office/gifts/{gift}"' in page
    assert re.search(r'href="/office/supporters/[a-z0-9]+"', page)


def test_the_overview_tells_how_the_books_stand(sign_in, differ):
    finance = sign_in("finance")
    told = words(finance.get("/office/").text)
    assert "Invariants never checked" in told
    assert "Open exceptions 0" in told
    differ(*ONE_OF_EACH)
    page = finance.get("/office/").text
    assert "Invariants 1 broken" in words(page)
    assert f'href="{PATH}?state=open">20</a>' in page


def test_the_report_lists_all_of_the_months_with_who_explained_them(sign_in, differ):
    differ(*ONE_OF_EACH)
    finance = sign_in("accountant")
    lines = finance.get("/office/reports/exceptions.csv?from=2026-11&to=2026-11&footer=no").text
    assert len(lines.strip().splitlines()) == 21
    assert "open,balance_differs,usd,,2026-11-20,USD,12.50" in lines
    lines = finance.get("/office/reports/exceptions.csv?from=2026-10&to=2026-10&footer=no").text
    assert len(lines.strip().splitlines()) == 1
