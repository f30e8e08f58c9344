from datetime import UTC, date, datetime

import pytest
from tests_support.asking import differences, question, tables

from donations.giving.models import Gift
from donations.giving.offline import Expected, open_batch
from donations.giving.offline_closing import close_batch, take_back
from donations.giving.offline_models import OfflineItem
from donations.kernel.money import Money
from donations.reconciliation.models import BankLine, BankMatch, BankStatement
from donations.reports.offline_batches import OFFLINE_BATCHES
from donations.reports.table import Link

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def batch(session):
    def opened(*amounts, expected=None, count=None, currency="usd", method="cheque"):
        total = Money(sum(amounts) if expected is None else expected, currency)
        promised = Expected(method, count or len(amounts), total, "SLIP 7", date(2026, 11, 19))
        made = open_batch(session, promised, by="vera", now=AT)
        for number, amount in enumerate(amounts):
            item = OfflineItem(
                batch_id=made.id, amount_minor=amount, reference=f"no. {number}", language="en"
            )
            session.add(item)
        session.commit()
        return made

    return opened


@pytest.fixture
def bank(session):
    def shown(made, minor, **more):
        statement = BankStatement(
            digest=str(minor), format="csv", account="1", imported_at=AT, imported_by="vera"
        )
        line = BankLine(
            statement=statement,
            key=str(minor),
            booked_on=date(2026, 11, 21),
            amount_minor=minor,
            currency=made.currency,
            text_sealed=b"x",
        )
        session.add(line)
        session.flush()
        match = BankMatch(
            line_id=line.id,
            batch_id=made.id,
            amount_minor=minor,
            source=f"bank:{minor}",
            by="vera",
            at=AT,
            **more,
        )
        session.add(match)
        session.commit()
        return line.id

    return shown


def ask(session, **more):
    return tables(OFFLINE_BATCHES, session, question(session, **more))


def test_a_batch_says_what_was_expected_counted_and_banked(session, master, batch, bank):
    made = batch(2500, 1500)
    close_batch(session, master, made.public_id, by="finance", now=AT)
    bank(made, 99, undone_by="vera", undone_at=AT)
    line = bank(made, 4000)
    told = ask(session)
    row, total = told["batches"]
    assert (row["deposit_slip"], row["references"]) == ("SLIP 7", "no. 0; no. 1")
    assert (row["expected_count"], row["actual_count"]) == (2, 2)
    assert [row[key].minor for key in ("expected", "actual", "difference")] == [4000, 4000, 0]
    assert (row["closed_by"], row["closed_at"]) == ("finance", AT)
    assert (row["bank_line"], row["banked"].minor) == (date(2026, 11, 21), 4000)
    assert row["bank_difference"].minor == 0
    assert total["actual"].minor == 4000
    assert [check["books"].minor for check in told["tie_out"]] == [4000]
    assert differences(told) == [0]
    first = next(iter(OFFLINE_BATCHES.build(session, question(session)).sections[0].rows))
    assert first.links == {
        "batch": Link("batch", {"public_id": made.public_id}),
        "bank_line": Link("bank_line", {"line_id": str(line)}),
    }


def test_an_open_batch_shows_what_is_missing_and_books_nothing(session, batch):
    batch(1000, expected=2500, count=2, currency="jpy")
    told = ask(session)
    row = told["batches"][0]
    assert (row["expected_count"], row["actual_count"]) == (2, 1)
    assert row["difference"].minor == -1500
    assert (row["closed_by"], row["bank_line"], row["bank_difference"]) == (None, None, None)
    assert [check["books"].minor for check in told["tie_out"]] == [0]
    assert differences(told) == [0]


def test_batches_belong_to_the_month_they_were_banked_in(session, batch):
    batch(1000)
    assert ask(session, first="2026-10")["batches"] == []
    assert ask(session, currency="eur")["batches"] == []


def test_a_gift_taken_back_later_leaves_the_batch_as_it_was_closed(session, master, batch):
    made = batch(2500)
    close_batch(session, master, made.public_id, by="finance", now=AT)
    gift = session.query(OfflineItem).one().gift_id
    name = session.get(Gift, gift).public_id
    take_back(session, name, memo="cheque bounced", by="finance", now=AT)
    assert differences(ask(session)) == [0]
