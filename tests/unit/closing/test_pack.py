from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest

from donations.closing.facts import unpacked
from donations.closing.models import ClosedMonth
from donations.closing.pack import build_pack
from donations.closing.verifying import Fault, NoPack, Wrong, verify
from donations.kernel.database import writing
from donations.kernel.errors import NotFound
from donations.kernel.months import Month
from donations.ledger.chart import Kind
from donations.ledger.codes import Codes
from donations.ledger.models import MonthTotal
from donations.reconciliation.models import BankMatch, Discrepancy
from donations.reports.catalogue import REPORTS

OCTOBER = Month(2026, 10)
AFTER = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def made(session, month=OCTOBER):
    with build_pack(session, month) as pack:
        return pack.sha256, pack.zip.read()


def opened(data):
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        return {name: read.read(name) for name in read.namelist()}


def test_a_closed_month_is_made_again_byte_for_byte_after_a_thousand_later_events(session, books):
    books.exception(
        "no_fund",
        "gift7",
        date(2026, 10, 9),
        explained_at=AFTER,
        explained_by="olga",
        explanation="Known.",
    )
    closed = books.close()
    digest, before = made(session)
    assert digest == closed.pack_sha256
    with writing(session):
        for number in range(1_000):
            at = datetime(2026, 10, 20, tzinfo=UTC) + timedelta(hours=number)
            kind = (Kind.GIFT, Kind.REFUND, Kind.DISPUTE, Kind.STRIPE_FEE)[number % 4]
            books.book(kind, (-1) ** number * (1_000 + number), at, fee=30, now=AFTER)
    with writing(session):
        for match in session.query(BankMatch):
            match.undone_by, match.undone_at = "ivan", AFTER
        for found in session.query(Discrepancy):
            found.explanation, found.cleared_at = "Otherwise.", AFTER
    books.exception("late_into_closed", "txn_9", date(2026, 10, 31))
    assert made(session) == (digest, before)


def test_settings_changed_later_do_not_reach_a_closed_month(session, books):
    closed = books.close(codes=Codes.build({"income": "4100"}))
    digest, data = made(session)
    assert digest == closed.pack_sha256
    assert unpacked(closed.facts).question.codes.of("income", "usd", "gift").code == "4100"
    assert b"4100" in opened(data)["schedules/04-income-by-account.csv"]


def test_the_fiscal_year_is_that_of_the_day_the_month_closed(session, books):
    books.newsroom = books.newsroom.model_copy(update={"fiscal_year_start": 10})
    books.close()
    facts = unpacked(session.get(ClosedMonth, OCTOBER.first_day).facts)
    assert facts.question.fiscal_year_start == 10
    november = datetime(2026, 12, 2, tzinfo=UTC)
    books.gift(2_500, datetime(2026, 11, 20, tzinfo=UTC))
    books.swept(november)
    books.newsroom = books.newsroom.model_copy(update={"fiscal_year_start": 11})
    books.close(Month(2026, 11), now=november)
    year = {}
    for month in (OCTOBER, Month(2026, 11)):
        text = opened(made(session, month)[1])["schedules/04-income-by-account.csv"].decode(
            "utf-8-sig"
        )
        year[month] = [
            row["year_to_date"]
            for row in csv.DictReader(io.StringIO(text))
            if row["account"] == "Total" and row["currency"] == "USD"
        ]
    assert year == {OCTOBER: ["165.00"], Month(2026, 11): ["30.00"]}


def test_a_pack_made_in_another_process_is_the_same(session, books, database_url):
    books.close()
    digest, data = made(session)
    program = (
        "import sys, hashlib\n"
        "from sqlalchemy import create_engine\n"
        "from sqlalchemy.orm import Session\n"
        "from donations.app import create_app\n"
        "from donations.kernel.database import prepare_engine\n"
        "from donations.kernel.months import Month\n"
        "from donations.closing.pack import build_pack\n"
        "with Session(prepare_engine(create_engine(sys.argv[1]))) as session:\n"
        "    with build_pack(session, Month(2026, 10)) as pack:\n"
        "        print(pack.sha256, hashlib.sha256(pack.zip.read()).hexdigest())\n"
    )
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    told = subprocess.run(
        [sys.executable, "-c", program, url], check=True, capture_output=True, text=True
    )
    assert told.stdout.split() == [digest, hashlib.sha256(data).hexdigest()]


def test_the_manifest_says_what_every_file_hashes_to(session, books):
    closed = books.close(by="olga")
    files = opened(made(session)[1])
    manifest = json.loads(files.pop("MANIFEST.json"))
    assert (
        hashlib.sha256(opened(made(session)[1])["MANIFEST.json"]).hexdigest() == closed.pack_sha256
    )
    assert {one["name"]: (one["sha256"], one["size"]) for one in manifest["files"]} == {
        name: (hashlib.sha256(data).hexdigest(), len(data)) for name, data in files.items()
    }
    assert manifest["newsroom"] == "The Moscow Times"
    assert manifest["time_zone"] == "Europe/Amsterdam"
    assert manifest["currencies"] == ["eur", "jpy", "usd"]
    assert manifest["as_of"] == {"at": "2026-11-03T09:00:00+00:00", "entry": closed.last_number}
    assert manifest["closed_by"] == "olga"
    assert [one["name"] for one in manifest["schedules"]] == [
        one.name for one in REPORTS if one.in_pack
    ]
    assert all(one["definition"] for one in manifest["schedules"])


def test_every_proof_shows_both_figures_and_no_difference(session, books):
    books.close()
    text = opened(made(session)[1])["proofs.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["difference"] for row in rows} == {"0.00", "0"}
    stripe = next(
        row
        for row in rows
        if row["about"] == "stripe_balance"
        and row["currency"] == "USD"
        and "by kind" in row["proof"]
    )
    assert stripe["one_figure"] == stripe["the_other"] == "126.80"
    assert any(row["currency"] == "JPY" and row["one_figure"] == "3856" for row in rows)


def test_the_workbook_has_a_sheet_for_every_table_with_numbers_as_numbers(session, books):
    books.close()
    files = opened(made(session)[1])
    book = openpyxl.load_workbook(io.BytesIO(files["workbook.xlsx"]))
    assert book.sheetnames[0] == "about"
    assert book.sheetnames[-1] == "proofs"
    sheet = book["04 income_by_account"]
    heads = [cell.value for cell in sheet[1]]
    gross = [row[heads.index("gross")].value for row in sheet.iter_rows(min_row=2)]
    assert 100.0 + 60.0 + 5.0 in gross
    text = files["schedules/04-income-by-account.csv"].decode("utf-8-sig")
    assert [f"{value:.2f}" for value in gross if value != 4000] == [
        row["gross"] for row in csv.DictReader(io.StringIO(text)) if row["gross"] != "4000"
    ]


def test_the_pages_are_a_pdf_with_the_schedules_in_it(session, books):
    books.close()
    assert opened(made(session)[1])["pack.pdf"].startswith(b"%PDF-")


def test_an_open_month_has_no_pack(session, books):
    with pytest.raises(NotFound), build_pack(session, OCTOBER):
        pass


def test_a_kept_pack_is_found_to_be_whole(session, books):
    books.close()
    assert verify(session, OCTOBER, io.BytesIO(made(session)[1])) == []


def altered(data, name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for each, kept in opened(data).items():
            if each != name:
                written.writestr(each, kept)
        if content is not None:
            written.writestr(name, content)
    return io.BytesIO(out.getvalue())


def test_a_file_somebody_touched_is_named(session, books):
    books.close()
    data = made(session)[1]
    assert verify(session, OCTOBER, altered(data, "proofs.csv", b"all is well")) == [
        Fault("proofs.csv", Wrong.CHANGED)
    ]
    assert verify(session, OCTOBER, altered(data, "proofs.csv", None)) == [
        Fault("proofs.csv", Wrong.MISSING)
    ]
    assert verify(session, OCTOBER, altered(data, "more.csv", b"1")) == [
        Fault("more.csv", Wrong.STRANGE)
    ]


def test_books_that_give_something_else_than_the_pack_are_told_from_it(session, books):
    books.close()
    data = made(session)[1]
    with writing(session):  # what no trigger forbids: the totals
        session.query(MonthTotal).filter_by(account="income", currency="eur").update(
            {"minor": MonthTotal.minor + 1}
        )
    faults = verify(session, OCTOBER, io.BytesIO(data))
    assert Fault("schedules/04-income-by-account.csv", Wrong.OTHERWISE_NOW) in faults
    assert {fault.wrong for fault in faults} == {Wrong.OTHERWISE_NOW}
    assert "proofs.csv" not in {fault.name for fault in faults}


def test_another_manifest_is_not_this_months(session, books):
    books.close()
    data = made(session)[1]
    manifest = opened(data)["MANIFEST.json"].replace(b"finance", b"ivan")
    faults = verify(session, OCTOBER, altered(data, "MANIFEST.json", manifest))
    assert faults == [Fault("MANIFEST.json", Wrong.NOT_THIS_PACK)]


@pytest.mark.parametrize("data", [b"", b"hello"])
def test_what_is_no_pack_is_refused(session, books, data):
    books.close()
    with pytest.raises(NoPack):
        verify(session, OCTOBER, io.BytesIO(data))


def test_a_letter_the_fonts_lack_does_not_stop_a_pack(session, books):
    books.newsroom = books.newsroom.model_copy(update={"name": "新聞 News"})
    books.close()
    assert opened(made(session)[1])["pack.pdf"].startswith(b"%PDF-")


def test_the_facts_come_back_as_they_were_kept(session, books):
    closed = books.close()
    facts = unpacked(closed.facts)
    assert facts.packed() == closed.facts
    assert session.get(ClosedMonth, OCTOBER.first_day).last_number == facts.last_number
