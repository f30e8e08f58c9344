import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

from donations.passes import blind as scheme
from donations.passes.blind import (
    BadBlindedMessage,
    BadBlindSignature,
    PrivateKey,
    PublicKey,
    blind,
    blind_sign,
    finalize,
    prepare,
)

VECTOR = json.loads(Path(__file__).with_name("rfc9474_appendix_a1.json").read_text())
P, Q, E = (int(VECTOR[name], 16) for name in ("p", "q", "e"))
KEY = PrivateKey(PublicKey(P * Q, E), pow(E, -1, (P - 1) * (Q - 1)), P, Q)
PREPARED = bytes.fromhex(VECTOR["msg_prefix"] + VECTOR["msg"])


def told(name):
    return bytes.fromhex(VECTOR[name])


def test_blinding_gives_what_the_vector_of_rfc_9474_appendix_a_1_gives():
    hidden = blind(KEY.public, PREPARED, salt=told("salt"), inverse=int(VECTOR["inv"], 16))
    assert hidden.message == told("blinded_msg")


def test_signing_gives_what_the_vector_gives_every_time():
    assert blind_sign(KEY, told("blinded_msg")) == told("blind_sig")
    assert blind_sign(KEY, told("blinded_msg")) == told("blind_sig")


def test_uncovering_gives_what_the_vector_gives():
    inverse = int(VECTOR["inv"], 16)
    assert finalize(KEY.public, PREPARED, told("blind_sig"), inverse) == told("sig")


def test_the_uncovered_signature_is_one_that_any_library_verifies():
    public = rsa.RSAPublicNumbers(E, P * Q).public_key()
    pss = padding.PSS(mgf=padding.MGF1(SHA384()), salt_length=48)
    public.verify(told("sig"), PREPARED, pss, SHA384())


def test_with_a_random_prefix_salt_and_factor_it_goes_round_and_two_rounds_share_nothing():
    rounds = []
    for _ in range(2):
        prepared = prepare(b"a message")
        hidden = blind(KEY.public, prepared)
        signature = finalize(KEY.public, prepared, blind_sign(KEY, hidden.message), hidden.inverse)
        assert KEY.public.verify(prepared, signature)
        rounds.append({prepared, hidden.message, signature})
    assert not rounds[0] & rounds[1]


def test_another_message_is_not_signed():
    prepared = prepare(b"a message")
    hidden = blind(KEY.public, prepared)
    with pytest.raises(BadBlindSignature):
        finalize(KEY.public, prepare(b"a message"), blind_sign(KEY, hidden.message), hidden.inverse)


def test_a_signature_of_another_length_is_refused():
    with pytest.raises(BadBlindSignature):
        finalize(KEY.public, PREPARED, told("blind_sig")[1:], int(VECTOR["inv"], 16))
    assert not KEY.public.verify(PREPARED, told("sig")[1:])


@pytest.mark.parametrize("wrong", ["short", "long", "too_large"])
def test_what_is_no_number_below_the_modulus_is_not_signed(wrong):
    sent = {
        "short": told("blinded_msg")[1:],
        "long": b"\0" + told("blinded_msg"),
        "too_large": KEY.public.n.to_bytes(512),
    }[wrong]
    with pytest.raises(BadBlindedMessage):
        blind_sign(KEY, sent)


def test_a_calculation_that_failed_gives_no_signature_away():
    broken = PrivateKey(KEY.public, KEY.d ^ 2, P, Q)
    with pytest.raises(BadBlindSignature):
        blind_sign(broken, told("blinded_msg"))


def test_the_secret_power_is_never_taken_of_what_a_caller_chose(monkeypatch):
    taken = []
    true_power = PrivateKey.power
    monkeypatch.setattr(
        PrivateKey, "power", lambda key, number: taken.append(number) or true_power(key, number)
    )
    blind_sign(KEY, told("blinded_msg"))
    blind_sign(KEY, told("blinded_msg"))
    assert int(VECTOR["blinded_msg"], 16) not in taken
    assert taken[0] != taken[1]


def test_what_shares_a_factor_with_the_key_is_not_blinded(monkeypatch):
    monkeypatch.setattr(scheme, "_encoded", lambda *_: P.to_bytes(512))
    with pytest.raises(BadBlindedMessage):
        blind(KEY.public, PREPARED)


def test_no_secret_is_printed():
    assert str(KEY.d) not in repr(KEY)
    assert str(P) not in repr(KEY)
