from __future__ import annotations

import pytest
import stripe


def only(sdk):
    [dispute] = sdk.v1.disputes.list().data
    return dispute


@pytest.fixture
def disputed(shop, sdk):
    shop.give(card="4000000000000259")
    return only(sdk)


@pytest.mark.parametrize(
    ("evidence", "status"),
    [("winning_evidence", "won"), ("losing_evidence", "lost"), ("Our letters", "under_review")],
)
def test_evidence_decides_a_dispute_seconds_later_as_in_test_mode(
    shop, sdk, disputed, evidence, status
):
    told = sdk.v1.disputes.update(disputed.id, {"evidence": {"uncategorized_text": evidence}})
    assert told.status == "under_review"
    assert told.evidence_details.submission_count == 1
    assert told.evidence_details.submission_method == "manual"
    assert told.evidence_details.has_evidence is True
    assert shop.happened()[-2:] == ["charge.dispute.updated", "charge.updated"]
    shop.advance(seconds=5)
    assert only(sdk).status == status


def test_an_inquiry_can_be_escalated_by_evidence(shop, sdk):
    shop.give(card="4000000000001976")
    given = {"evidence": {"uncategorized_text": "escalate_inquiry_evidence"}}
    assert sdk.v1.disputes.update(only(sdk).id, given).status == "warning_under_review"
    shop.advance(seconds=5)
    assert (only(sdk).status, only(sdk).is_charge_refundable) == ("needs_response", False)


def test_losing_evidence_closes_an_inquiry(shop, sdk):
    shop.give(card="4000000000001976")
    sdk.v1.disputes.update(only(sdk).id, {"evidence": {"uncategorized_text": "losing_evidence"}})
    shop.advance(seconds=5)
    assert only(sdk).status == "warning_closed"


def test_staged_evidence_settles_nothing_until_it_is_submitted(shop, sdk, disputed):
    staged = sdk.v1.disputes.update(
        disputed.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": False}
    )
    assert (staged.status, staged.evidence_details.has_evidence) == ("needs_response", True)
    assert staged.evidence_details.submission_count == 0
    shop.advance(seconds=60)
    assert only(sdk).status == "needs_response"
    assert sdk.v1.disputes.update(disputed.id, {"submit": True}).status == "under_review"
    shop.advance(seconds=5)
    assert only(sdk).status == "won"


def test_evidence_is_submitted_once(sdk, disputed):
    sdk.v1.disputes.update(disputed.id, {"evidence": {"product_description": "News"}})
    with pytest.raises(stripe.InvalidRequestError, match="already submitted"):
        sdk.v1.disputes.update(disputed.id, {"evidence": {"product_description": "More"}})


def test_metadata_moves_nothing(shop, sdk, disputed):
    told = sdk.v1.disputes.update(disputed.id, {"metadata": {"who": "office"}})
    assert (told.status, told.evidence_details.submission_count) == ("needs_response", 0)
    assert shop.happened()[-1] == "charge.dispute.updated"


def test_files_are_named_by_their_ids(sdk, disputed):
    with pytest.raises(stripe.InvalidRequestError, match="No such file upload"):
        sdk.v1.disputes.update(disputed.id, {"evidence": {"receipt": "receipt.pdf"}})
    told = sdk.v1.disputes.update(disputed.id, {"evidence": {"receipt": "file_1"}, "submit": False})
    assert told.evidence.receipt == "file_1"


def test_evidence_has_a_length(sdk, disputed):
    with pytest.raises(stripe.InvalidRequestError, match="limited to 150000"):
        sdk.v1.disputes.update(disputed.id, {"evidence": {"access_activity_log": "x" * 150_001}})


def test_a_decided_dispute_takes_no_evidence(sdk, disputed):
    sdk.v1.disputes.close(disputed.id)
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        sdk.v1.disputes.update(disputed.id, {"evidence": {"product_description": "News"}})


def test_appeals_are_refused_in_plain_words(sdk, disputed):
    with pytest.raises(stripe.InvalidRequestError, match="no effect"):
        sdk.v1.disputes.update(
            disputed.id, {"evidence": {"appeal": {"card": {"reason_for_filing": "x"}}}}
        )
