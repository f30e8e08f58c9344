from __future__ import annotations

import pytest
from pydantic import ValidationError

from donations.receipts.issuer import ReceiptIssuer


def test_a_newsroom_that_says_nothing_issues_receipts_that_say_nothing_of_taxes(settings):
    told = ReceiptIssuer.read({"base_url": "x"}, settings.newsroom)
    assert told == ReceiptIssuer.plain(settings.newsroom)
    assert told.regime == "generic"
    assert told.legal_name == "The Moscow Times"


def test_everything_may_be_told_in_the_environment(settings):
    values = {
        "receipt_regime": "us_501c3",
        "receipt_legal_name": "Free Press Foundation",
        "receipt_address": "1 Main Street; Springfield, IL 62701 ;",
        "receipt_tax_number": "12-3456789",
        "receipt_benefits": "a magazine",
    }
    told = ReceiptIssuer.read(values, settings.newsroom)
    assert told.address == ("1 Main Street", "Springfield, IL 62701")
    assert not told.claims_gift_aid


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"receipt_regime": "us_501c3"}, "EIN"),
        ({"receipt_regime": "us_501c3", "receipt_tax_number": "123456789"}, "EIN"),
        ({"receipt_regime": "uk_charity"}, "charity"),
        ({"receipt_regime": "mars"}, "regime"),
        ({"receipt_legal_name": " "}, "legal_name"),
        ({"receipt_colour": "red"}, "colour"),
    ],
)
def test_what_a_tax_office_would_miss_is_refused(settings, values, word):
    with pytest.raises(ValidationError, match=word):
        ReceiptIssuer.read(values, settings.newsroom)
