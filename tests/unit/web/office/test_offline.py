"""A batch from the deposit slip to receipts, in the office."""

import re

import pytest
from sqlalchemy import select

from donations.giving.models import Gift, Receipt
from donations.giving.offline_models import OfflineBatch, OfflineItem

OPENING = {
    "method": "cheque",
    "currency": "usd",
    "count": "2",
    "total": "75.00",
    "deposit_slip": "DS-17",
    "banked_on": "2026-11-20",
}
ITEM = {"amount": "50", "reference": "004711", "fund": "", "language": "en"}
MAILBOX = "vera@reader.example"


@pytest.fixture
def staff(sign_in):
    return sign_in("finance")


@pytest.fixture
def batch(staff):
    return staff.post("/office/offline", **OPENING).location


def wrong_at(page, field):
    found = re.search(rf'id="{field}-wrong">([^<]*)<', page.text)
    return found and found[1]


def rows(session, model):
    session.rollback()
    return session.scalars(select(model).order_by(model.__table__.c[0])).all()


def test_a_batch_is_opened_filled_closed_and_leads_to_its_gifts(staff, session, batch):
    staff.post(f"{batch}/items", **ITEM, email=MAILBOX, name="Vera Reader")
    page = staff.get(batch).text
    assert MAILBOX in page
    assert 'class="wrong">-1<' in page
    assert 'class="wrong">-$25.00<' in page
    staff.post(f"{batch}/items", **{**ITEM, "amount": "25"})
    page = staff.get(batch).text
    assert "Everything agrees" in page
    assert 'class="wrong"' not in page
    assert staff.post(f"{batch}/close").status_code == 303
    assert staff.post(f"{batch}/close").status_code == 303
    assert [each.number for each in rows(session, Receipt)] == [1001, 1002]
    page = staff.get(batch).text
    assert MAILBOX not in page
    assert "Vera Reader" not in page
    for gift in rows(session, Gift):
        assert f"/office/gifts/{gift.public_id}" in page
        assert batch in staff.get(f"/office/gifts/{gift.public_id}").text
    listed = staff.get("/office/gifts").text
    assert listed.count("Cheque") == 2
    assert "awaiting" not in re.sub(r"<form.*?</form>", "", listed, flags=re.DOTALL).lower()


def test_a_batch_that_differs_stays_open_and_says_by_how_much(staff, session, batch):
    staff.post(f"{batch}/items", **ITEM)
    answer = staff.post(f"{batch}/close")
    assert answer.status_code == 422
    assert "Items: -1 against what was expected; sum: -$25.00." in answer.text
    assert rows(session, Gift) == []


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"count": "two"}, "batch-count", "from 1 to 500"),
        ({"total": "1,500"}, "batch-total", "without separating"),
        ({"total": ""}, "batch-total", "digits"),
        ({"currency": "zzz"}, "batch-currency", "one of those"),
        ({"method": "card"}, "batch-method", "one of those"),
        ({"banked_on": "2026-11-25"}, "batch-banked_on", "not come yet"),
        ({"banked_on": "20.11.2026"}, "batch-banked_on", "2026-01-31"),
        ({"deposit_slip": "Ivan <b>"}, "batch-deposit_slip", "no name"),
    ],
)
def test_a_wrong_field_is_explained_at_it_and_what_was_typed_is_kept(
    staff, session, typed, field, words
):
    answer = staff.post("/office/offline", **{**OPENING, **typed})
    assert answer.status_code == 422
    if words != "digits":
        assert words in wrong_at(answer, field)
    assert wrong_at(answer, field)
    assert "<b>" not in answer.text
    if "count" not in typed:
        assert 'name="count" type="text" value="2"' in answer.text
    assert rows(session, OfflineBatch) == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "0"}, "item-amount"),
        ({"amount": "1.999"}, "item-amount"),
        ({"email": "nobody"}, "item-email"),
        ({"reference": "Ivan"}, "item-reference"),
        ({"language": "de"}, "item-language"),
        ({"fund": "nobody"}, "item-fund"),
    ],
)
def test_a_wrong_item_is_explained_at_its_field(staff, session, batch, typed, field):
    answer = staff.post(f"{batch}/items", **{**ITEM, **typed})
    assert answer.status_code == 422
    assert wrong_at(answer, field)
    assert 'value="004711"' in answer.text or "reference" in typed
    assert rows(session, OfflineItem) == []


def test_an_item_is_corrected_and_removed_while_the_batch_is_open(staff, session, batch):
    staff.post(f"{batch}/items", **ITEM, email=MAILBOX)
    [item] = [f"{batch}/items/{each.id}" for each in rows(session, OfflineItem)]
    form = staff.get(item).text
    assert f'value="{MAILBOX}"' in form
    assert 'value="50.00"' in form
    staff.post(item, **{**ITEM, "amount": "75"})
    assert [each.amount_minor for each in rows(session, OfflineItem)] == [7500]
    assert staff.post(item, **{**ITEM, "amount": "x"}).status_code == 422
    staff.post(f"{item}/remove")
    assert rows(session, OfflineItem) == []
    assert staff.get(item).status_code == 404
    assert staff.get(f"{batch}/items/{10**30}").status_code == 404


def test_what_is_expected_is_corrected_and_an_empty_batch_discarded(staff, session, batch):
    staff.post(f"{batch}/expected", **{**OPENING, "count": "1", "total": "50"})
    [row] = rows(session, OfflineBatch)
    assert (row.expected_count, row.expected_minor) == (1, 5000)
    assert staff.post(f"{batch}/expected", **{**OPENING, "total": "-"}).status_code == 422
    assert staff.post(f"{batch}/discard").location == "/office/offline"
    assert rows(session, OfflineBatch) == []


def test_an_accountant_sees_the_numbers_and_nobodys_name(staff, sign_in, session, batch):
    staff.post(f"{batch}/items", **ITEM, email=MAILBOX, name="Vera Reader")
    [item] = rows(session, OfflineItem)
    accountant = sign_in("accountant")
    page = accountant.get(batch).text
    assert "$50.00" in page
    assert "004711" in page
    assert MAILBOX not in page
    assert "Vera Reader" not in page
    assert "Close the batch" not in page
    assert accountant.get(f"{batch}/items/{item.id}").status_code == 403
    assert "Open a batch" not in accountant.get("/office/offline").text


def test_a_gift_is_taken_back_with_a_reason_and_a_name(staff, session, batch):
    for amount in ("50", "25"):
        staff.post(f"{batch}/items", **{**ITEM, "amount": amount})
    staff.post(f"{batch}/close")
    first, second = (gift.public_id for gift in rows(session, Gift))
    assert staff.post(f"{batch}/take-back", gift=first, memo="").status_code == 422
    assert staff.post(f"{batch}/take-back", gift="nobody", memo="Why").status_code == 422
    assert staff.post(f"{batch}/take-back", gift=first, memo="Bounced").status_code == 303
    page = staff.get(f"/office/gifts/{first}").text
    assert "Taken back" in page
    assert "Bounced (finance)" in page
    assert "Taken back" not in staff.get(f"/office/gifts/{second}").text
    assert f'value="{first}"' not in staff.get(batch).text
    listed = staff.get("/office/gifts?state=taken_back").text
    assert first in listed
    assert second not in listed


def test_a_strange_batch_is_not_found(staff):
    assert staff.get("/office/offline/nobody").status_code == 404
    assert staff.post("/office/offline/nobody/items", **ITEM).status_code == 404
    assert staff.post("/office/offline/nobody/close").status_code == 404
