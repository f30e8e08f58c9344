from __future__ import annotations

from datetime import date

import pytest
from tests_support.receipts import PLAIN, UK, US

from donations.receipts.benefit_limits import within_limits
from donations.receipts.facts import ReceiptFacts, Return
from donations.receipts.receipt_words import receipt_sheet

NOTHING_GIVEN = "No goods or services were provided in return"
ESTIMATE = "good-faith estimate"
DEDUCTIBLE = "what you may deduct is limited"


def said(issuer=US, minor=5000, **more):
    facts = {
        "number": 1,
        "issuer": issuer,
        "language": "en",
        "donor": None,
        "amount_minor": minor,
        "currency": "usd",
        "received_on": date(2026, 11, 24),
        "issued_on": date(2026, 11, 24),
        "frequency": "annual",
        "method": "card",
        "fund": None,
    }
    sheet = receipt_sheet(ReceiptFacts(**facts | more))
    return " ".join(one["text"] for one in sheet.blocks if one["kind"] == "text")


@pytest.mark.parametrize(("minor", "is_said"), [(24999, False), (25000, True), (25001, True)])
def test_from_250_dollars_on_it_is_said_that_nothing_was_given_in_return(minor, is_said):
    assert (NOTHING_GIVEN in said(minor=minor)) is is_said


@pytest.mark.parametrize(("minor", "is_said"), [(7500, False), (7501, True), (25000, True)])
def test_above_75_dollars_it_is_said_what_benefits_are_worth_and_what_may_be_deducted(
    minor, is_said
):
    text = said(minor=minor, benefit_minor=2000)
    assert (ESTIMATE in text) is is_said
    assert (DEDUCTIBLE in text) is is_said
    assert NOTHING_GIVEN not in text
    if is_said:
        assert "20.00\u00a0USD" in text
        assert f"{(minor - 2000) / 100:.2f}\u00a0USD" in text


def test_benefits_worth_more_than_the_payment_leave_nothing_to_deduct():
    assert "you were given: 0.00\u00a0USD" in said(minor=8000, benefit_minor=9000)


def test_what_went_back_no_longer_counts_for_a_limit():
    back = (Return(reason="refund", on=date(2026, 12, 1), amount_minor=1),)
    assert NOTHING_GIVEN not in said(minor=25000, returns=back)
    assert NOTHING_GIVEN in said(minor=25001, returns=back)


def test_a_gift_in_another_currency_is_acknowledged_whatever_its_size():
    assert NOTHING_GIVEN in said(minor=100, currency="eur")
    assert DEDUCTIBLE in said(minor=100, currency="eur", benefit_minor=50)


def test_what_is_given_is_named_in_the_issuer_s_own_words():
    magazine = US.model_copy(update={"benefits": "a printed magazine"})
    assert "a printed magazine" in said(magazine, 30000, benefit_minor=1000)
    assert "the benefits of a membership" in said(US, 30000, benefit_minor=1000)


@pytest.mark.parametrize("minor", [100, 7501, 25000, 100000])
@pytest.mark.parametrize("benefit", [0, 50])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_generic_receipt_never_speaks_of_deducting(minor, benefit, language):
    sheet = receipt_sheet(
        ReceiptFacts(
            number=1,
            issuer=PLAIN,
            language=language,
            donor=None,
            amount_minor=minor,
            currency="usd",
            received_on=date(2026, 11, 24),
            issued_on=date(2026, 11, 24),
            frequency="annual",
            method="card",
            fund=None,
            benefit_minor=benefit,
        )
    )
    text = str(sheet.plain()).casefold()
    for word in ("deduct", "exempt", "gift aid", "501", "вычет", "charity"):
        assert word not in text


def test_a_void_receipt_says_nothing_of_taxes():
    back = (Return(reason="refund", on=date(2026, 12, 1), amount_minor=30000),)
    assert said(minor=30000, returns=back) == ""


def test_a_gift_under_a_declaration_says_so_and_another_offers_one():
    covered = said(UK, currency="gbp", gift_aid_on=date(2026, 11, 1))
    assert "Gift Aid declaration you made on November 1, 2026" in covered
    assert "reclaim 25p for every £1" in said(UK, currency="gbp")
    assert said(UK, currency="eur") == ""


def test_benefits_beyond_the_limit_are_said_to_keep_gift_aid_away():
    assert "does not qualify for Gift Aid" in said(UK, 10000, currency="gbp", benefit_minor=2501)
    assert "does not" not in said(UK, 10000, currency="gbp", benefit_minor=2500)


@pytest.mark.parametrize(
    ("amount", "benefit", "frequency", "qualifies"),
    [
        (100_00, 25_00, "annual", True),
        (100_00, 25_01, "annual", False),
        (1_000_00, 70_00, "annual", True),
        (1_000_00, 70_01, "annual", False),
        (100_000_00, 2500_00, "annual", True),
        (100_000_00, 2500_01, "annual", False),
        (50_00, 4_16, "monthly", True),  # a year: £600 may bring £50, £49.92 do
        (50_00, 4_17, "monthly", False),
        (5_00, 1_25, "monthly", True),
        (1_00, 0, "once", True),
    ],
)
def test_the_limits_of_benefits_are_those_of_the_law(amount, benefit, frequency, qualifies):
    assert within_limits(amount, benefit, frequency) is qualifies
