import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from donations.kernel.errors import NotFound
from donations.passes import keys as room
from donations.passes.keys import (
    BLIND,
    JWT,
    ensure_keys,
    private_part,
    published,
    signing_key,
    terms,
)
from donations.passes.models import PassKey

SECRET_PARTS = {"d", "p", "q", "dp", "dq", "qi"}


def kept(session):
    return session.scalar(select(func.count()).select_from(PassKey))


def test_keys_are_made_at_first_use_and_once(session, master, clock):
    ensure_keys(session, master, clock.now())
    names = set(session.scalars(select(PassKey.kid)))
    ensure_keys(session, master, clock.now())
    assert set(session.scalars(select(PassKey.kid))) == names
    assert len(names) == 3


def test_what_is_published_holds_no_secret(session, keys, clock):
    for kind in (JWT, BLIND):
        for key in published(session, kind, clock.now()):
            assert not SECRET_PARTS & set(json.loads(key.public))


def test_the_private_part_is_sealed(session, master, keys, clock):
    key = signing_key(session, BLIND, "member", clock.now())
    secret = private_part(master, key)["d"]
    assert secret.encode() not in key.private_sealed


def test_a_key_is_published_before_it_signs_and_until_its_last_pass_is_over(session, master, clock):
    ensure_keys(session, master, clock.now())
    first = signing_key(session, JWT, "", clock.now())
    kid, turn, end = first.kid, first.signs_until, first.valid_until
    ensure_keys(session, master, turn - timedelta(hours=23))
    shown = [key.kid for key in published(session, JWT, turn - timedelta(hours=23))]
    assert shown[0] == kid and len(shown) == 2
    assert signing_key(session, JWT, "", turn - timedelta(seconds=1)).kid == kid
    assert signing_key(session, JWT, "", turn).kid == shown[1]
    assert kid in [key.kid for key in published(session, JWT, end - timedelta(seconds=1))]
    assert kid not in [key.kid for key in published(session, JWT, end)]


def test_a_key_that_signs_no_more_has_no_private_part(session, master, keys, clock):
    now = clock.now()
    old = signing_key(session, BLIND, "member", now).kid
    ensure_keys(session, master, now + timedelta(days=1))
    over = session.scalars(select(PassKey).where(PassKey.kid == old)).one()
    assert over.private_sealed is None
    assert over in published(session, BLIND, now + timedelta(days=1))
    with pytest.raises(NotFound):
        private_part(master, over)
    with pytest.raises(NotFound):
        signing_key(session, BLIND, "member", now + timedelta(days=2))


def test_a_blind_key_is_for_one_level_and_one_day_and_good_the_day_after(session, keys, clock):
    rows = published(session, BLIND, clock.now())
    assert [key.level for key in rows] == ["member", "supporter"]
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    for key in rows:
        assert key.kid.startswith(f"20261124-{key.level}-")
        assert key.starts_at == midnight
        assert key.valid_until == midnight + timedelta(days=2)


def test_there_is_a_signing_key_at_every_moment_of_the_year():
    for hour in range(0, 24 * 366, 7):
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        running = [one for one in terms(now) if one.starts_at <= now < one.signs_until]
        assert [(one.kind, one.level) for one in running] == [
            (JWT, ""),
            (BLIND, "supporter"),
            (BLIND, "member"),
        ]


def test_two_who_make_the_same_key_at_once_make_one(session, sessions, master, clock, monkeypatch):
    true_make = room._made
    others = iter([True])

    def make(master, term):
        if next(others, False):
            with sessions() as other:
                ensure_keys(other, master, clock.now())
        return true_make(master, term)

    monkeypatch.setattr(room, "_made", make)
    ensure_keys(session, master, clock.now())
    assert kept(session) == 3


def test_the_database_refuses_a_second_key_for_a_term(session, keys, clock):
    key = signing_key(session, JWT, "", clock.now())
    values = {name: getattr(key, name) for name in ("kind", "level", "public", "starts_at")}
    ends = {name: getattr(key, name) for name in ("signs_until", "valid_until")}
    session.add(PassKey(kid="other", **values, **ends))
    with pytest.raises(IntegrityError):
        session.commit()
