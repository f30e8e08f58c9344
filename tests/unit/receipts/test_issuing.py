from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from tests_support.receipts import PLAIN, US, words

from donations.giving.models import Receipt
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.receipts.facts import State
from donations.receipts.issuing import Press, versions
from donations.receipts.models import ReceiptDocument
from donations.receipts.naming import choose_name
from donations.vault.sealed import Forgotten, destroy_data_key

LATER = timedelta(days=400)


@pytest.fixture
def receipt(giving, vera, clock):
    return giving.gift(vera, 30000, at=clock.now())


def states(session):
    rows = session.execute(
        select(ReceiptDocument.version, ReceiptDocument.state).order_by(ReceiptDocument.id)
    )
    return [tuple(row) for row in rows]


def test_a_receipt_is_the_same_file_however_late_it_is_asked_for_again(
    session, press, receipt, clock
):
    first = press.paper(session, receipt.number, now=clock.now())
    again = press.paper(session, receipt.number, now=clock.now() + LATER)
    assert again.pdf == first.pdf
    assert states(session) == [(1, "issued")]


def test_what_was_issued_is_frozen_whatever_changes_afterwards(
    session, press, receipt, vera, master, zone, clock, giving
):
    first = press.paper(session, receipt.number, now=clock.now())
    choose_name(session, vera.id, named=False)
    begin_write(session)
    vera.language = "ru"
    session.commit()
    moved = US.model_copy(update={"legal_name": "Another Foundation", "address": ("Elsewhere",)})
    later = Press(master, moved, zone).paper(session, receipt.number, now=clock.now() + LATER)
    assert later.pdf == first.pdf


def test_another_process_on_another_day_makes_the_same_file(
    session, press, receipt, environment, clock
):
    pdf = press.paper(session, receipt.number, now=clock.now()).pdf
    program = (
        "import datetime, hashlib, os\n"
        "from sqlalchemy import create_engine\n"
        "from sqlalchemy.orm import Session\n"
        "from donations.app import create_app\n"
        "from donations.kernel.database import prepare_engine\n"
        "from donations.receipts.issuer import ReceiptIssuer\n"
        "from donations.receipts.issuing import Press\n"
        "from donations.settings import read_settings\n"
        "told = read_settings(os.environ)\n"
        "press = Press(told.master_key, ReceiptIssuer(legal_name='X'), told.newsroom.zone)\n"
        "engine = prepare_engine(create_engine(told.database_url))\n"
        "now = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)\n"
        f"paper = press.paper(Session(engine), {receipt.number}, now=now)\n"
        "print(hashlib.sha256(paper.pdf).hexdigest())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == hashlib.sha256(pdf).hexdigest(), done.stderr


def test_a_refund_makes_a_void_version_of_the_same_number(session, press, receipt, giving, clock):
    press.paper(session, receipt.number, now=clock.now())
    giving.refund(receipt, 30000, at=clock.now() + timedelta(days=3))
    void = press.paper(session, receipt.number, now=clock.now() + LATER)
    assert (void.version, void.state) == (2, State.VOID)
    text = words(void.pdf)
    assert f"Receipt {receipt.number}, void" in text
    assert "VOID" in text
    assert "Refunded 300.00 USD on November 27, 2026" in text
    assert "No goods or services" not in text
    assert press.paper(session, receipt.number, now=clock.now() + 2 * LATER).pdf == void.pdf
    first = press.earlier(session, receipt.number, 1)
    assert first.state is State.ISSUED
    assert "void" not in words(first.pdf)


def test_a_part_refunded_voids_a_part(session, press, receipt, giving, clock):
    giving.refund(receipt, 5001, at=clock.now())
    paper = press.paper(session, receipt.number, now=clock.now())
    assert paper.state is State.REDUCED
    text = words(paper.pdf)
    assert "void in part: 50.01 USD went back. It stands for 249.99 USD" in text
    assert "No goods or services" not in text  # what is left is below the limit
    giving.refund(receipt, 24999, at=clock.now())
    assert press.paper(session, receipt.number, now=clock.now()).state is State.VOID
    assert states(session) == [(1, "reduced"), (2, "void")]


def test_a_dispute_voids_once_it_is_lost_and_not_before(session, press, receipt, giving, clock):
    dispute = giving.dispute(receipt, 30000, "under_review", at=clock.now())
    assert press.paper(session, receipt.number, now=clock.now()).state is State.ISSUED
    begin_write(session)
    dispute.state = "lost"
    session.commit()
    void = press.paper(session, receipt.number, now=clock.now())
    assert void.state is State.VOID
    assert "Taken back by the bank 300.00 USD" in words(void.pdf)


def test_a_refund_that_fails_gives_the_receipt_back(session, press, receipt, giving, clock):
    refund = giving.refund(receipt, 30000, "pending", at=clock.now())
    assert press.paper(session, receipt.number, now=clock.now()).state is State.VOID
    begin_write(session)
    refund.state = "failed"
    session.commit()
    assert press.paper(session, receipt.number, now=clock.now()).state is State.ISSUED
    assert states(session) == [(1, "void"), (2, "issued")]


def test_more_back_than_was_given_is_no_more_than_all(session, press, receipt, giving, clock):
    giving.refund(receipt, 30000, at=clock.now())
    giving.dispute(receipt, 30000, at=clock.now())
    text = words(press.paper(session, receipt.number, now=clock.now()).pdf)
    assert "What stayed with us 0.00 USD" in text
    press.paper(session, receipt.number, now=clock.now() + LATER)
    assert states(session) == [(1, "void")]


def test_whoever_was_forgotten_has_no_receipt_any_more(session, press, receipt, vera, clock):
    press.paper(session, receipt.number, now=clock.now())
    begin_write(session)
    destroy_data_key(session, vera.data_key_id, clock.now())
    session.commit()
    with pytest.raises(Forgotten):
        press.paper(session, receipt.number, now=clock.now())
    with pytest.raises(Forgotten):
        press.earlier(session, receipt.number, 1)


def test_whoever_was_forgotten_before_has_none_either(session, press, receipt, vera, clock):
    begin_write(session)
    destroy_data_key(session, vera.data_key_id, clock.now())
    session.commit()
    with pytest.raises(Forgotten):
        press.paper(session, receipt.number, now=clock.now())
    session.rollback()
    assert states(session) == []


def test_nothing_personal_lies_open_in_the_row(session, press, receipt, clock):
    press.paper(session, receipt.number, now=clock.now())
    row = session.scalars(select(ReceiptDocument)).one()
    assert b"Vera" not in row.paper_sealed
    assert row.data_key_id is not None


def test_a_gift_of_nobody_has_a_receipt_that_names_nobody(session, press, giving, clock):
    receipt = giving.gift(None, at=clock.now())
    first = press.paper(session, receipt.number, now=clock.now())
    assert "Received from" not in words(first.pdf)
    assert press.paper(session, receipt.number, now=clock.now() + LATER).pdf == first.pdf


def test_a_tax_receipt_names_its_giver_unless_they_do_not_wish_it(
    session, press, giving, vera, clock
):
    named, unnamed = (giving.gift(vera, at=clock.now()) for _ in range(2))
    assert "Vera Reader" in words(press.paper(session, named.number, now=clock.now()).pdf)
    choose_name(session, vera.id, named=False)
    assert "Vera" not in words(press.paper(session, unnamed.number, now=clock.now()).pdf)


def test_a_receipt_for_no_tax_names_its_giver_only_if_they_wish_it(
    session, master, zone, giving, vera, clock
):
    plain = Press(master, PLAIN, zone)
    unnamed, named = (giving.gift(vera, at=clock.now()) for _ in range(2))
    assert "Vera" not in words(plain.paper(session, unnamed.number, now=clock.now()).pdf)
    choose_name(session, vera.id, named=True)
    choose_name(session, vera.id, named=True)
    assert "Vera Reader" in words(plain.paper(session, named.number, now=clock.now()).pdf)


def test_a_name_no_font_can_set_is_left_out_and_the_paper_stays_readable(
    session, press, giving, clock
):
    li = giving.supporter("李 小", "li@reader.example", at=clock.now())
    receipt = giving.gift(li, at=clock.now())
    pdf = press.paper(session, receipt.number, now=clock.now()).pdf
    assert "Received from" not in words(pdf)
    assert b"pdfuaid:part" in pdf


def test_the_paper_is_in_the_supporter_s_language(session, press, giving, clock):
    masha = giving.supporter("Мария", "masha@reader.example", "ru", at=clock.now())
    receipt = giving.gift(masha, at=clock.now())
    text = words(press.paper(session, receipt.number, now=clock.now()).pdf)
    assert "24 ноября 2026" in text
    assert "Мария" in text


def test_the_day_of_a_gift_is_by_the_newsroom_s_clocks(session, press, giving, vera, clock):
    receipt = giving.gift(vera, at=datetime(2026, 6, 30, 22, 0, tzinfo=UTC))  # July there
    text = words(press.paper(session, receipt.number, now=clock.now()).pdf)
    assert "Received on July 1, 2026" in text


def test_the_worth_of_benefits_is_that_of_the_day(session, press, giving, vera, clock):
    giving.benefit(4000, from_on=date(2026, 11, 1), at=clock.now())
    giving.benefit(9000, from_on=date(2026, 12, 1), at=clock.now())
    receipt = giving.gift(vera, 30000, frequency="annual", at=clock.now())
    text = words(press.paper(session, receipt.number, now=clock.now() + LATER).pdf)
    assert "Value of what was given in return 40.00 USD" in text
    assert "260.00 USD" in text


def test_no_such_number_or_version_is_not_found(session, press, receipt, clock):
    with pytest.raises(NotFound):
        press.paper(session, 99, now=clock.now())
    with pytest.raises(NotFound):
        press.earlier(session, receipt.number, 1)
    with pytest.raises(NotFound):
        versions(session, 99)
    press.paper(session, receipt.number, now=clock.now())
    assert [one.version for one in versions(session, receipt.number)[1]] == [1]


def test_asked_for_by_many_at_once_it_is_issued_once(sessions, session, press, receipt, clock):
    number, found = receipt.number, []
    session.rollback()

    def ask():
        with sessions() as own:
            found.append(press.paper(own, number, now=clock.now()).pdf)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert states(session) == [(1, "issued")]


def test_issuing_papers_leaves_the_numbers_without_a_gap(session, press, giving, vera, clock):
    made = [giving.gift(vera, at=clock.now()) for _ in range(3)]
    for one in made:
        press.paper(session, one.number, now=clock.now())
    giving.refund(made[0], 5000, at=clock.now())
    press.paper(session, made[0].number, now=clock.now())
    giving.gift(vera, at=clock.now())
    assert sorted(session.scalars(select(Receipt.number))) == [1001, 1002, 1003, 1004]


def test_a_version_stands_only_once(session, press, receipt, clock):
    press.paper(session, receipt.number, now=clock.now())
    begin_write(session)
    session.add(
        ReceiptDocument(
            receipt_number=receipt.number,
            version=1,
            paper_sealed=b"x",
            template=1,
            state="issued",
            back_minor=0,
            issued_at=clock.now(),
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()
