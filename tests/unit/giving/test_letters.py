"""The receipt of a gift that never saw a card."""

from datetime import date

import pytest

from donations.giving.funds import add_fund, rename_fund
from donations.giving.offline import Expected, open_batch
from donations.giving.offline_closing import close_batch
from donations.giving.offline_items import Given, add_item
from donations.kernel.money import Money

DAY = date(2026, 11, 20)


@pytest.fixture
def receipt(session, master, clock, worker, outbox):
    """The receipt of one offline gift, as text and as HTML."""

    def written(method="cheque", language="en", fund=""):
        what = Expected(method, 1, Money(5000, "usd"), None, DAY)
        name = open_batch(session, what, by="vera", now=clock.now()).public_id
        given = Given(Money(5000, "usd"), fund, "47", language, "vera@reader.example", "Vera")
        add_item(session, master, name, given)
        close_batch(session, master, name, by="vera", now=clock.now())
        worker.run_due()
        letter = outbox.messages[-1]
        assert letter["To"] == "vera@reader.example"
        return [letter.get_body((kind,)).get_content() for kind in ("plain", "html")]

    return written


@pytest.mark.parametrize(
    ("method", "words"),
    [("cheque", "by cheque"), ("bank_transfer", "by bank transfer"), ("cash", "in cash")],
)
def test_the_receipt_says_how_it_came_and_nothing_of_cards(receipt, method, words):
    for body in receipt(method):
        assert words in body
        assert "1001" in body
        assert "$50" in body
        assert "November 20, 2026" in body
        for never in ("READERS", "bank statement", "nothing more will be taken", "End my support"):
            assert never not in body
        assert "If something looks wrong, write to support@newsroom.example." in body


def test_the_russian_receipt_has_nothing_of_cards_either(receipt):
    for body in receipt(language="ru"):
        assert "Здравствуйте" in body
        assert "20 ноября 2026" in body
        assert "READERS" not in body
        assert "выписк" not in body


def test_the_receipt_names_the_fund_as_it_is_called_now(receipt, session):
    add_fund(session, "prizes", "Prizes & <Awards>", restricted=True, on=DAY)
    rename_fund(session, "prizes", "Prizes & <Medals>")
    plain, html = receipt(fund="prizes")
    assert "It goes to: Prizes & <Medals>" in plain
    assert "Prizes &amp; &lt;Medals&gt;" in html


def test_a_general_gift_names_no_fund(receipt):
    assert all("It goes to" not in body for body in receipt())
