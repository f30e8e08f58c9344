import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.mailer.addresses import LONGEST, BadAddress, checked_address

REASONS = {
    "empty",
    "too_long",
    "control",
    "space",
    "at_sign",
    "local_part",
    "foreign_local_part",
    "domain",
}


def answer_to(typed):
    """The address taken, or all that the refusal says."""
    try:
        return checked_address(typed), None
    except BadAddress as refusal:
        return None, str(refusal)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_either_taken_or_refused_with_a_reason(typed):
    address, reason = answer_to(typed)
    if reason is not None:
        assert reason in REASONS
    else:
        assert address.isascii()
        assert len(address) <= LONGEST
        assert address.count("@") == 1


@given(st.text(min_size=1, max_size=20), st.sampled_from("\r\n\t\0\x0b\x7f "), st.text(max_size=20))
def test_nothing_that_could_end_a_header_line_is_taken_inside_an_address(before, breaking, after):
    with pytest.raises(BadAddress):
        checked_address(f"a{before}{breaking}{after}b@example.org")


@pytest.mark.parametrize(
    "typed",
    ["o'brien+news@example.org", "a@пример.рф", "A.B@Sub.Example.ORG", "x" * 64 + "@example.org"],
)
def test_an_address_taken_once_is_taken_again_unchanged(typed):
    address = checked_address(typed)
    assert checked_address(address) == address


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("x" * 65 + "@example.org", "local_part"),
        ("a@" + "x" * 64 + ".org", "domain"),
        ("a@example.org.", "domain"),
        ("a@exa_mple.org", "domain"),
        ("a@127.0.0.1", "domain"),
        ("a@[127.0.0.1]", "domain"),
        ("a@straße.de", "domain"),
        ("a..b@example.org", "local_part"),
        ('"a b"@example.org', "space"),
        ("Reader<a@example.org>", "local_part"),
    ],
)
def test_what_looks_like_an_address_and_is_none_is_refused(typed, reason):
    with pytest.raises(BadAddress) as refusal:
        checked_address(typed)
    assert refusal.value.reason == reason
