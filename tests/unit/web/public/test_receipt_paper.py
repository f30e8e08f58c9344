"""A receipt as a file, by the link of its letter."""

import pytest
from tests_support.receipts import Giving

from donations.kernel.database import begin_write
from donations.receipts.models import ReceiptDocument
from donations.vault.sealed import destroy_data_key
from donations.web.public.receipt_paper import PURPOSE


@pytest.fixture
def vera(session, master, clock):
    return Giving(session, master).supporter(at=clock.now())


@pytest.fixture
def number(session, master, clock, vera):
    return Giving(session, master).gift(vera, at=clock.now()).number


@pytest.fixture
def path(house, number):
    return f"/support/receipt/{house.signer.sign(PURPOSE, str(number))}"


def papers(session):
    session.rollback()
    return session.query(ReceiptDocument).count()


def test_looking_makes_nothing_and_the_button_gives_the_same_bytes_each_time(
    client, session, path, number
):
    page = client.get(path)
    assert f"Receipt {number}" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "Vera" not in page.text
    assert papers(session) == 0
    first, again = client.post(path), client.post(path)
    assert first.mimetype == "application/pdf"
    assert first.data == again.data
    assert papers(session) == 1


@pytest.mark.parametrize("change", ["x", "1"])
def test_an_altered_link_opens_nothing(client, path, change):
    assert client.get(path + change).status_code == 404
    assert client.post(path + change).status_code == 404


def test_a_link_of_another_purpose_opens_no_receipt(client, house, number):
    for purpose in ("membership cancel", "thanks"):
        token = house.signer.sign(purpose, str(number))
        assert client.post(f"/support/receipt/{token}").status_code == 404


def test_a_number_no_receipt_has_is_not_found(client, house):
    token = house.signer.sign(PURPOSE, "999999")
    assert client.post(f"/support/receipt/{token}").status_code == 404


def test_the_receipt_of_somebody_forgotten_says_so(client, session, path, vera, clock):
    client.post(path)
    session.rollback()
    begin_write(session)
    destroy_data_key(session, vera.data_key_id, clock.now())
    session.commit()
    page = client.post(path)
    assert page.status_code == 410
    assert "cannot be read any more" in page.text
