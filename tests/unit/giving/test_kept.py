import pytest

from donations.giving.kept import kept_minor
from donations.giving.models import Dispute, Gift, Refund


@pytest.mark.parametrize(
    ("refunds", "disputes", "kept"),
    [
        ((), (), 1000),
        (((300, "succeeded"), (200, "pending"), (100, "requires_action")), (), 400),
        (((300, "failed"), (200, "canceled")), (), 1000),
        (((1000, "succeeded"),), (), 0),
        (((900, "succeeded"), (900, "pending")), (), 0),
        ((), ("needs_response", "won"), 1000),
        ((), ("lost",), 0),
        (((100, "failed"),), ("won", "lost"), 0),
    ],
)
def test_what_left_or_was_lost_is_not_kept(refunds, disputes, kept):
    gift = Gift(
        amount_minor=1000,
        refunds=[Refund(amount_minor=minor, state=state) for minor, state in refunds],
        disputes=[Dispute(amount_minor=500, state=state) for state in disputes],
    )
    assert kept_minor(gift) == kept
