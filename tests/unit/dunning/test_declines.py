"""One table from Stripe's codes to what a reader is told."""

import pytest

from donations.dunning.declines import (
    _CODES,
    CURES,
    SENTENCES,
    TABLE,
    Cure,
    Reason,
    reason_of,
    sentence_of,
)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_that_says_whether_money_moved_and_something_that_helps(reason):
    assert "No money was taken." in SENTENCES[reason] or "No money has been" in SENTENCES[reason]
    assert CURES[reason] in Cure


def test_no_code_stands_for_two_reasons():
    assert len(TABLE) == sum(len(codes) for codes in _CODES.values())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("insufficient_funds", Reason.FUNDS),
        ("expired_card", Reason.EXPIRED),
        ("incorrect_cvc", Reason.DETAILS),
        ("authentication_required", Reason.CONFIRM),
        ("processing_error", Reason.TRIED),
        ("revocation_of_all_authorizations", Reason.STOPPED),
        ("do_not_honor", Reason.BANK),
        ("a_code_of_next_year", Reason.BANK),
        (None, Reason.BANK),
    ],
)
def test_a_code_is_told_as_its_reason_and_an_unknown_one_as_a_plain_refusal(code, reason):
    assert reason_of(code) is reason


@pytest.mark.parametrize("code", ["lost_card", "stolen_card", "pickup_card", "fraudulent"])
def test_no_thief_learns_from_us_that_a_card_was_reported(code):
    assert sentence_of(code) == sentence_of("generic_decline")
