from datetime import UTC, datetime, timedelta

import pytest

from donations.partners.signing import is_signed, signature

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECRET, BODY = "whsec_a", b'{"id":"evt_1"}'


def test_the_signature_is_what_the_docstring_says():
    import hashlib
    import hmac

    seconds = int(NOW.timestamp())
    wanted = hmac.new(SECRET.encode(), f"{seconds}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert signature(SECRET, BODY, NOW) == f"t={seconds},v1={wanted}"


def test_what_was_signed_is_believed_for_five_minutes():
    header = signature(SECRET, BODY, NOW)
    for seconds, good in ((0, True), (300, True), (-300, True), (301, False), (-301, False)):
        assert is_signed(SECRET, BODY, header, NOW + timedelta(seconds=seconds)) is good


def test_another_body_secret_or_moment_is_not_believed():
    header = signature(SECRET, BODY, NOW)
    assert not is_signed(SECRET, BODY + b" ", header, NOW)
    assert not is_signed("whsec_b", BODY, header, NOW)
    later = header.replace("t=", "t=1", 1)
    assert not is_signed(SECRET, BODY, later, NOW)


def test_one_of_two_signatures_is_enough_so_that_a_secret_can_be_turned_over():
    seconds, mark = signature(SECRET, BODY, NOW).split(",")
    other = signature("whsec_b", BODY, NOW).split(",")[1]
    assert is_signed(SECRET, BODY, f"{seconds},{other},{mark}", NOW)


@pytest.mark.parametrize("header", ["", "t=,v1=", "v1=aa", "t=1", "t=1,v1=é", "t=1,v0=" + "a" * 64])
def test_what_is_no_signature_is_not_believed(header):
    assert not is_signed(SECRET, BODY, header, NOW)
