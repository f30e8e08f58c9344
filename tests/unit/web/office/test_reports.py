from __future__ import annotations

import csv
import hashlib
import io

import pytest
from openpyxl import load_workbook

from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.ledger.books import book
from donations.ledger.chart import Kind
from donations.ledger.drafts import About, Draft
from donations.reports.catalogue import REPORTS


@pytest.fixture
def booked(session, clock):
    counter = iter(range(1000))

    def one(amount=5000, fee=175, currency="usd", **about):
        number = next(counter)
        begin_write(session)
        draft = Draft.of_movement(
            Kind.GIFT,
            source=f"txn_{number}",
            amount=amount,
            fee=fee,
            currency=currency,
            charged=Money(amount, currency),
            occurred_at=clock.now(),
            about=About(frequency="once", gift_reference=f"gift{number}", **about),
        )
        book(session, draft, now=clock.now())
        session.commit()

    return one


@pytest.mark.parametrize("name", [definition.name for definition in REPORTS])
def test_every_report_has_its_page_and_files_even_of_empty_books(sign_in, name):
    finance = sign_in("accountant")
    assert finance.get(f"/office/reports/{name}").status_code == 200
    assert finance.get(f"/office/reports/{name}.csv").status_code == 200
    workbook = finance.get(f"/office/reports/{name}.xlsx")
    assert load_workbook(io.BytesIO(workbook.data)).sheetnames[-1] == "about"


def test_reports_are_for_those_who_keep_or_read_the_books(sign_in):
    assert sign_in("support").get("/office/reports").status_code == 403


def test_the_rows_on_screen_are_those_of_the_files(sign_in, booked):
    booked(5000)
    booked(7000, fund="courts")
    booked(900, currency="jpy")
    finance = sign_in("finance")
    page = finance.get("/office/reports/income-by-account").text
    assert "$70.00" in page and "¥900" in page
    lines = finance.get("/office/reports/income-by-account.csv?footer=no").text
    rows = list(csv.DictReader(io.StringIO(lines.lstrip("\ufeff"))))
    assert [(row["fund"], row["currency"], row["net"]) for row in rows if row["code"]] == [
        ("", "JPY", "900"),
        ("", "USD", "50.00"),
        ("courts", "USD", "70.00"),
    ]
    book_ = load_workbook(io.BytesIO(finance.get("/office/reports/income-by-account.xlsx").data))
    sheet = list(book_["income_by_account"].values)
    assert [row[9] for row in sheet[1:4]] == [900, 50, 70]


def test_a_file_says_what_it_is_and_hashes_itself(sign_in, booked):
    booked()
    text = sign_in("finance").get("/office/reports/income-by-account.csv").data.decode()
    above, last = text.rsplit("# sha256 of all above: ", 1)
    assert hashlib.sha256(above.encode()).hexdigest() == last.strip()
    assert "# time zone: Europe/Amsterdam" in above
    assert "# as of: 2026-11-24T12:00:00Z, entry 1" in above


def test_an_address_with_its_entry_gives_the_same_figures_while_gifts_arrive(sign_in, booked):
    booked()
    finance = sign_in("finance")
    address = "/office/reports/income-by-account.csv?footer=no&as_of=1"
    before = finance.get(address).data
    booked()
    booked(300, currency="jpy")
    assert finance.get(address).data == before
    assert finance.get(address.replace("&as_of=1", "")).data != before


@pytest.mark.parametrize(
    "wrong", ["from=2026-13", "currency=xyz", "as_of=now", "from=2026-11&to=2026-01"]
)
def test_a_question_nobody_could_ask_is_refused_kindly(sign_in, wrong):
    answer = sign_in("finance").get(f"/office/reports/income-by-account?{wrong}")
    assert answer.status_code == 400


def test_an_unknown_report_or_table_is_not_there(sign_in):
    finance = sign_in("finance")
    assert finance.get("/office/reports/nothing").status_code == 404
    path = "/office/reports/income-by-account.csv?section=nothing"
    assert finance.get(path).status_code == 404
