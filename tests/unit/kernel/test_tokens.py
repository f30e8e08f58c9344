from datetime import timedelta

import pytest

from donations.kernel.errors import NotFound
from donations.kernel.tokens import Signer

SIGNER = Signer("k" * 40)


def test_a_token_says_its_name_for_its_purpose_only():
    token = SIGNER.sign("cancel", "abc")
    assert SIGNER.read("cancel", token) == "abc"
    with pytest.raises(NotFound):
        SIGNER.read("confirm", token)


def test_a_lasting_token_is_the_same_every_time():
    assert SIGNER.sign_lasting("thanks", "abc") == SIGNER.sign_lasting("thanks", "abc")
    assert SIGNER.read_lasting("thanks", SIGNER.sign_lasting("thanks", "abc")) == "abc"


@pytest.mark.parametrize("token", ["", "abc", "a.b", "x" * 10_000, "ImFiYyI.AAAA"])
def test_a_token_nobody_signed_opens_nothing(token):
    with pytest.raises(NotFound):
        SIGNER.read("cancel", token)
    with pytest.raises(NotFound):
        SIGNER.read_lasting("cancel", token)


def test_an_altered_token_opens_nothing():
    token = SIGNER.sign_lasting("thanks", "abc")
    with pytest.raises(NotFound):
        SIGNER.read_lasting("thanks", token[:-1] + ("A" if token[-1] != "A" else "B"))


def test_a_token_of_another_key_opens_nothing():
    with pytest.raises(NotFound):
        Signer("x" * 40).read("cancel", SIGNER.sign("cancel", "abc"))


def test_an_expired_token_opens_nothing():
    token = SIGNER.sign("confirm", "abc")
    with pytest.raises(NotFound):
        SIGNER.read("confirm", token, max_age=timedelta(seconds=-1))
