import pytest
import stripe

from donations.kernel.errors import NotFound
from donations.stripe_gateway.errors import StripeRefused, StripeUnavailable, translated

SECRETIVE = "No such customer: reader@example.org"


def refused(code, param=None):
    return stripe.InvalidRequestError(SECRETIVE, param, code=code)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (stripe.APIConnectionError(SECRETIVE), StripeUnavailable),
        (stripe.RateLimitError(SECRETIVE), StripeUnavailable),
        (stripe.APIError(SECRETIVE), StripeUnavailable),
        (refused("resource_missing"), NotFound),
        (refused("amount_too_small", "line_items"), StripeRefused),
        (stripe.AuthenticationError(SECRETIVE), StripeRefused),
        (stripe.PermissionError(SECRETIVE), StripeRefused),
        (stripe.CardError(SECRETIVE, None, "card_declined"), StripeRefused),
        (stripe.IdempotencyError(SECRETIVE), StripeRefused),
    ],
)
def test_an_error_becomes_ours_and_loses_its_words(theirs, ours):
    with pytest.raises(ours) as caught, translated():
        raise theirs
    assert type(caught.value) is ours
    assert "reader" not in str(caught.value)


def test_a_refusal_says_what_an_operator_needs():
    with pytest.raises(StripeRefused) as caught, translated():
        raise refused("amount_too_small", "line_items")
    assert (caught.value.code, caught.value.param) == ("amount_too_small", "line_items")
