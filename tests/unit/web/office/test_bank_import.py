import io
import re
from pathlib import Path

import pytest
from tests_support.banking import bank_lines, payout

from donations.reconciliation.bank_files.lines import Unreadable
from donations.web.office.bank_import import _packed

FILES = Path(__file__).parents[2] / "reconciliation" / "statements"


def send(staff, content=None, **fields):
    if content is not None:
        fields["file"] = (io.BytesIO(content), "bank.dat")
    return staff.client.post(
        "/office/bank/import",
        data={"csrf_token": staff.token(), **fields},
        content_type="multipart/form-data",
    )


def field(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def test_a_file_is_taken_in_and_matched_at_once(sign_in, session):
    payout(session, amount=482517, currency="eur")
    staff = sign_in("finance")
    answer = send(staff, (FILES / "german.sta").read_bytes())
    assert answer.location == "/office/bank?added=5&known=0&tied=1"
    page = staff.get(answer.location).text
    assert "5 lines are new" in page
    assert "1 was matched" in page
    assert send(staff, (FILES / "german.sta").read_bytes()).location.endswith("known=5&tied=0")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\x01", b"<Document>camt.053</Document>"])
def test_a_bad_file_is_refused_at_the_field_and_nothing_is_imported(sign_in, session, content):
    answer = send(sign_in("finance"), content)
    assert answer.status_code == 422
    assert "Nothing was imported" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert bank_lines(session) == []


def test_no_file_is_asked_for(sign_in):
    answer = send(sign_in("finance"))
    assert answer.status_code == 422
    assert "Choose the file" in answer.text


def test_a_sheet_of_unknown_columns_is_kept_until_they_are_chosen(sign_in, session):
    staff = sign_in("finance")
    first = send(staff, (FILES / "unknown.csv").read_bytes(), account="99-1234567")
    assert first.status_code == 422
    assert "How much" in first.text
    assert "$4,825.17" in first.text
    kept = field(first.text, "kept")
    assert 'value="99-1234567"' in first.text
    second = send(staff, kept=kept, date="0", amount="2", texts="1", account="99-1234567")
    assert second.status_code == 422
    assert "which currency" in second.text
    assert '<option value="2" selected>How much</option>' in second.text
    third = send(
        staff,
        kept=field(second.text, "kept"),
        date="0",
        amount="2",
        texts="1",
        account="99-1234567",
        currency="usd",
    )
    assert third.location == "/office/bank?added=2&known=0&tied=0"
    assert [one.amount_minor for one in bank_lines(session)] == [482517, -1500]


def test_a_file_larger_than_a_form_is_taken(sign_in, session):
    rows = "".join(f"2026-11-19,{'x' * 60},{number}.00,USD\n" for number in range(1, 2000))
    content = f"Date,Description,Amount,Currency\n{rows}".encode()
    assert len(content) > 128 * 1024
    assert send(sign_in("finance"), content).location == "/office/bank?added=1999&known=0&tied=0"
    assert len(bank_lines(session)) == 1999


def test_other_forms_stay_small(sign_in):
    staff = sign_in("finance")
    data = {"csrf_token": staff.token(), "why": "x" * 70_000}
    assert staff.client.post("/office/bank/1/dismiss", data=data).status_code == 413


def test_what_was_kept_cannot_be_made_to_swell(sign_in):
    staff = sign_in("finance")
    answer = send(staff, kept=_packed(b"Date,Amount\n" + b"\n" * (11 * 1024 * 1024)))
    assert answer.status_code == 422
    assert "larger than 10 MB" in answer.text
    assert send(staff, kept="not what we packed").status_code == 400


def test_every_reason_has_its_words(app):
    from donations.web.office.bank_words import unreadable

    reasons = set((Unreadable.__doc__ or "").split("`")[1::2]) - {"reason", "row"}
    with app.test_request_context():
        assert all(unreadable(Unreadable(reason)) for reason in reasons)
