import base64
import json
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey

from donations.passes.blind import PublicKey, blind, blind_sign, finalize, prepare
from donations.passes.entitled import Level
from donations.passes.issuing import private_key, signed_pass
from donations.passes.keys import BLIND, JWT, private_part, published, signing_key
from donations.passes.verifying import BadPass, UnknownKey, blind_message, read_pass

ISSUER, SITE = "https://support.example", "https://news.example"
SAID = blind_message(SITE, bytes(16))


def told(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture
def gate(session, keys, clock):
    """What a gate fetched once, and reads passes by."""
    now = clock.now()
    signed = [json.loads(key.public) for key in published(session, JWT, now)]
    blinds = [
        {
            **json.loads(key.public),
            "level": key.level,
            "nbf": int(key.starts_at.timestamp()),
            "exp": int(key.valid_until.timestamp()),
        }
        for key in published(session, BLIND, now)
    ]

    def read(text, later=timedelta(0), **other):
        given = {
            "keys": {"keys": signed},
            "blind_keys": {"keys": blinds},
            "issuer": ISSUER,
            "audience": SITE,
            "now": now + later,
            **other,
        }
        return read_pass(text, **given)

    return read


@pytest.fixture
def signed(session, master, keys, clock):
    return signed_pass(session, master, Level.MEMBER, issuer=ISSUER, audience=SITE, now=clock.now())


@pytest.fixture
def blind_pass(session, master, keys, clock):
    key = signing_key(session, BLIND, "supporter", clock.now())
    private = private_key(private_part(master, key))

    def one(message=SAID, kid=key.kid):
        prepared = prepare(message)
        hidden = blind(private.public, prepared)
        signature = finalize(
            private.public, prepared, blind_sign(private, hidden.message), hidden.inverse
        )
        return f"b.{kid}.{told(prepared)}.{told(signature)}"

    return one


def test_a_signed_pass_opens_its_site_for_a_day(gate, signed):
    assert gate(signed) == "member"
    assert gate(signed, timedelta(hours=23, minutes=59)) == "member"
    with pytest.raises(BadPass):
        gate(signed, timedelta(hours=24))


def test_a_signed_pass_is_for_one_issuer_and_one_site(gate, signed):
    with pytest.raises(BadPass):
        gate(signed, audience="https://other.example")
    with pytest.raises(BadPass):
        gate(signed, issuer="https://other.example")


def test_a_pass_of_tomorrow_is_not_believed_today(gate, signed):
    with pytest.raises(BadPass):
        gate(signed, -timedelta(hours=2))


def test_an_altered_pass_is_not_believed(gate, signed):
    head, said, mark = signed.split(".")
    richer = told(json.dumps({**json.loads(base64.b64decode(said + "==")), "exp": 2**33}).encode())
    for text in (
        f"{head}.{richer}.{mark}",
        f"{head}.{said}.",
        f"{head}.{said}",
        "",
        "é",
        "a" * 3000,
    ):
        with pytest.raises(BadPass):
            gate(text)


def test_a_pass_without_a_signature_or_by_another_algorithm_is_not_believed(gate, signed):
    _, said, _ = signed.split(".")
    for algorithm in ("none", "HS256"):
        head = told(json.dumps({"alg": algorithm}).encode())
        with pytest.raises(BadPass):
            gate(f"{head}.{said}.")


def test_a_pass_under_an_unknown_key_asks_for_the_keys_again(gate, signed, clock):
    key = OKPKey.generate_key("Ed25519", parameters={"kid": "new", "alg": "Ed25519"})
    text = jwt.encode(
        {"alg": "Ed25519", "kid": "new"}, {"iss": ISSUER}, key, algorithms=["Ed25519"]
    )
    with pytest.raises(UnknownKey):
        gate(text)


def test_a_level_nobody_has_is_not_believed(gate, session, master, keys, clock):
    row = signing_key(session, JWT, "", clock.now())
    key = OKPKey.import_key(private_part(master, row))
    now = int(clock.now().timestamp())
    claims = {"iss": ISSUER, "aud": SITE, "level": "owner", "iat": now, "exp": now + 60}
    header = {"alg": "Ed25519", "kid": row.kid}
    with pytest.raises(BadPass):
        gate(jwt.encode(header, claims, key, algorithms=["Ed25519"]))
    for missing in ("exp", "iat"):
        less = {name: value for name, value in claims.items() if name != missing}
        text = jwt.encode(header, {**less, "level": "member"}, key, algorithms=["Ed25519"])
        with pytest.raises(BadPass):
            gate(text)


def test_a_signed_pass_made_with_a_blind_key_is_never_believed(gate, session, master, keys, clock):
    """Whoever may have anything signed could have a JWT signed: it must be worth nothing."""
    row = signing_key(session, BLIND, "member", clock.now())
    jwk = private_part(master, row)
    now = int(clock.now().timestamp())
    claims = {"iss": ISSUER, "aud": SITE, "level": "member", "iat": now, "exp": now + 9_999_999}
    key = RSAKey.import_key({name: value for name, value in jwk.items() if name != "alg"})
    text = jwt.encode({"alg": "PS384", "kid": row.kid}, claims, key, algorithms=["PS384"])
    with pytest.raises(BadPass):
        gate(text)
    mixed = {"keys": [json.loads(row.public)]}  # even by a gate that mixes the two sets
    with pytest.raises(BadPass):
        gate(text, keys=mixed)


def test_a_blind_pass_opens_its_site_until_the_end_of_the_next_day(gate, blind_pass):
    text = blind_pass()
    assert gate(text) == "supporter"
    assert gate(text, timedelta(hours=35, minutes=59)) == "supporter"
    with pytest.raises(BadPass):
        gate(text, timedelta(hours=36))
    with pytest.raises(BadPass):
        gate(text, -timedelta(days=1))


def test_a_blind_pass_is_for_one_site(gate, blind_pass):
    text = blind_pass(blind_message("https://other.example", bytes(16)))
    with pytest.raises(BadPass):
        gate(text)
    assert gate(text, audience="https://other.example") == "supporter"


@pytest.mark.parametrize(
    "message", [b"", b"anything", blind_message(SITE, bytes(15)), blind_message(SITE, bytes(17))]
)
def test_a_blind_pass_that_says_something_else_is_not_believed(gate, blind_pass, message):
    with pytest.raises(BadPass):
        gate(blind_pass(message))


def test_a_blind_pass_under_another_key_is_not_believed(gate, blind_pass, session, keys, clock):
    other = signing_key(session, BLIND, "member", clock.now()).kid
    with pytest.raises(BadPass):
        gate(blind_pass(kid=other))
    with pytest.raises(UnknownKey):
        gate(blind_pass(kid="20261124-member-zzzzzz"))


def test_an_altered_blind_pass_is_not_believed(gate, blind_pass):
    mark, kid, said, signature = blind_pass().split(".")
    flipped = ("B" if said[0] == "A" else "A") + said[1:]
    for text in (
        f"{mark}.{kid}.{flipped}.{signature}",
        f"{mark}.{kid}.{said}.{signature[:-4]}",
        f"{mark}.{kid}.{said}",
        f"{mark}.{kid}.{said}.!!",
        f"{mark}.{kid}.{said}.{signature}.more",
    ):
        with pytest.raises(BadPass):
            gate(text)


def test_the_library_that_verifies_is_not_ours(blind_pass, session, keys, clock):
    key = json.loads(signing_key(session, BLIND, "supporter", clock.now()).public)
    _, _, said, signature = blind_pass().split(".")

    def of(text):
        return base64.urlsafe_b64decode(text + "==")

    numbers = PublicKey(int.from_bytes(of(key["n"])), int.from_bytes(of(key["e"])))
    assert numbers.verify(of(said), of(signature))
    assert key["alg"] == "RSABSSA-SHA384-PSS-Randomized"
