import json
from datetime import timedelta

from joserfc.jwk import KeySet

KEYS, BLIND_KEYS = "/api/pass/keys", "/api/pass/blind-keys"


def test_the_keys_are_a_jwks_of_public_ed25519_keys(client):
    answer = client.get(KEYS)
    (key,) = answer.json["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "Ed25519", "sig")
    assert "d" not in key
    assert KeySet.import_key_set(answer.json).keys[0].kid == key["kid"]


def test_the_blind_keys_say_for_which_level_and_how_long(client, clock):
    keys = client.get(BLIND_KEYS).json["keys"]
    assert [key["level"] for key in keys] == ["member", "supporter"]
    for key in keys:
        assert key["alg"] == "RSABSSA-SHA384-PSS-Randomized"
        assert not {"d", "p", "q"} & set(key)
        assert key["nbf"] <= clock.now().timestamp() < key["exp"]


def test_the_two_sets_share_no_key(client):
    assert not {one["kid"] for one in client.get(KEYS).json["keys"]} & {
        one["kid"] for one in client.get(BLIND_KEYS).json["keys"]
    }


def test_anyone_may_read_and_keep_them_for_an_hour(client):
    for path in (KEYS, BLIND_KEYS):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in answer.headers


def test_whoever_kept_them_for_an_hour_has_every_key_that_signs(client, clock):
    """A key is shown for at least an hour before the first pass under it can come."""
    for path in (KEYS, BLIND_KEYS):
        clock.advance(timedelta(hours=1))
        kept = {key["kid"] for key in client.get(path).json["keys"]}
        for _ in range(31 * 24):
            clock.advance(timedelta(hours=1))
            now = clock.now().timestamp()
            shown = client.get(path).json["keys"]
            for key in shown:
                if key.get("nbf", now + 1) <= now:
                    assert key["kid"] in kept
            kept = {key["kid"] for key in shown}


def test_the_next_key_joins_and_the_old_one_stays_until_it_is_over(client, clock):
    first = client.get(KEYS).json["keys"]
    seen = []
    for _ in range(40):
        clock.advance(timedelta(days=1))
        seen.append([key["kid"] for key in client.get(KEYS).json["keys"]])
    assert max(map(len, seen)) == 2
    assert first[0]["kid"] not in seen[-1]
    assert all(seen)


def test_the_answer_is_the_same_for_everyone(client, app):
    other = app.test_client()
    assert json.loads(client.get(KEYS).data) == json.loads(other.get(KEYS).data)
