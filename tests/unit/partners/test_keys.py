from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.ids import token_digest
from donations.partners import keys as room
from donations.partners.keys import (
    A_MINUTE,
    OutOfScope,
    TooManyRequests,
    UnknownKey,
    admit,
    every_key,
    make_key,
    revoke,
    use_since,
)
from donations.partners.kinds import Scope
from donations.partners.models import ApiKey


@pytest.fixture
def token(session, clock):
    def one(*scopes, label="CMS"):
        return make_key(session, label, scopes or ["lookup"], by="admin", now=clock.now())[1]

    return one


def test_a_key_opens_what_it_was_made_for(session, token, clock):
    text = token("lookup")
    assert admit(session, text, Scope.LOOKUP, now=clock.now()).label == "CMS"
    with pytest.raises(OutOfScope):
        admit(session, text, Scope.EVENTS, now=clock.now())


def test_of_its_secret_only_a_digest_is_kept(session, token):
    text = token()
    key = session.scalars(select(ApiKey)).one()
    assert key.digest == token_digest(text)
    assert text.startswith(f"dk_{key.prefix}_")
    assert text.split("_", 2)[2] not in str(vars(key))


def test_a_wrong_or_revoked_key_opens_nothing(session, token, clock):
    text = token()
    wrong = text[:-1] + ("A" if text[-1] != "A" else "B")
    for other in ("", "dk_", wrong, text + "A", text.upper(), "é" * 55):
        with pytest.raises(UnknownKey):
            admit(session, other, Scope.LOOKUP, now=clock.now())
    revoke(session, text.split("_")[1], by="admin", now=clock.now())
    with pytest.raises(UnknownKey):
        admit(session, text, Scope.LOOKUP, now=clock.now())


def test_digests_are_compared_in_constant_time(session, token, clock, monkeypatch):
    compared = []
    monkeypatch.setattr(room.hmac, "compare_digest", lambda *two: compared.append(two) or False)
    text = token()
    for given in (text, "dk_nobody22_" + "a" * 43, "nonsense"):
        with pytest.raises(UnknownKey):
            admit(session, given, Scope.LOOKUP, now=clock.now())
    assert len(compared) == 3


def test_revoking_keeps_who_did_it_first_and_needs_a_key(session, token, clock):
    prefix = token().split("_")[1]
    revoke(session, prefix, by="admin", now=clock.now())
    revoke(session, prefix, by="other", now=clock.now() + timedelta(days=1))
    key = session.scalars(select(ApiKey)).one()
    assert (key.revoked_by, key.revoked_at) == ("admin", clock.now())
    with pytest.raises(NotFound):
        revoke(session, "nobody", by="admin", now=clock.now())


def test_a_key_asks_so_often_in_a_minute_and_again_in_the_next(session, token, clock):
    text = token()
    for _ in range(A_MINUTE):
        admit(session, text, Scope.LOOKUP, now=clock.now())
    clock.advance(timedelta(seconds=20))
    with pytest.raises(TooManyRequests) as refused:
        admit(session, text, Scope.LOOKUP, now=clock.now())
    assert refused.value.wait == 40
    admit(session, token(label="other"), Scope.LOOKUP, now=clock.now())
    clock.advance(timedelta(seconds=40))
    assert admit(session, text, Scope.LOOKUP, now=clock.now())


def test_each_day_is_counted_and_the_last_one_noted(session, token, clock):
    text = token("lookup")
    admit(session, text, Scope.LOOKUP, now=clock.now())
    admit(session, text, Scope.LOOKUP, now=clock.now())
    with pytest.raises(OutOfScope):
        admit(session, text, Scope.EVENTS, now=clock.now())
    key = session.scalars(select(ApiKey)).one()
    assert key.last_used_on == clock.now().date()
    assert use_since(session, clock.now().date()) == {key.id: (2, 1)}
    assert use_since(session, clock.now().date() + timedelta(days=1)) == {}


@pytest.mark.parametrize(
    ("label", "scopes", "field"),
    [
        ("", ["lookup"], "label"),
        ("a" * 81, ["lookup"], "label"),
        ("two\nlines", ["lookup"], "label"),
        ("CMS", [], "scopes"),
        ("CMS", ["everything"], "scopes"),
        ("CMS", ["lookup", "everything"], "scopes"),
    ],
)
def test_a_key_needs_a_label_and_scopes_there_are(session, clock, label, scopes, field):
    with pytest.raises(FieldRefused) as refused:
        make_key(session, label, scopes, by="admin", now=clock.now())
    assert refused.value.field == field


def test_those_that_open_something_come_first(session, token, clock):
    first, second = token(label="first"), token(label="second")
    revoke(session, second.split("_")[1], by="admin", now=clock.now())
    assert [key.label for key in every_key(session)] == ["first", "second"]
    assert first
