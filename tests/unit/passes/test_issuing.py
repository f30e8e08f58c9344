import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.kernel.errors import NotAllowed
from donations.passes import issuing
from donations.passes.blind import PublicKey, blind, finalize, prepare
from donations.passes.entitled import Level
from donations.passes.issuing import BLIND_A_DAY, blind_signed, signed_pass, unbase64
from donations.passes.keys import BLIND, ensure_keys, signing_key
from donations.passes.models import PassCount

ISSUER, SITE = "https://support.example", "https://news.example"


def claims_of(text):
    return json.loads(unbase64(text.split(".")[1]))


def made(session, master, now, level=Level.MEMBER, site=SITE):
    return signed_pass(session, master, level, issuer=ISSUER, audience=site, now=now)


def number(text):
    return int.from_bytes(unbase64(text))


def ask(session, master, clock, supporter=7, level=Level.MEMBER, key_level="member"):
    key = signing_key(session, BLIND, key_level, clock.now())
    public = json.loads(key.public)
    numbers = PublicKey(number(public["n"]), number(public["e"]))
    prepared = prepare(b"anything")
    hidden = blind(numbers, prepared)
    kid = key.kid
    session.rollback()
    signed = blind_signed(
        session,
        master,
        supporter,
        level,
        kid=kid,
        blinded=base64.urlsafe_b64encode(hidden.message).rstrip(b"=").decode(),
        now=clock.now(),
    )
    return finalize(numbers, prepared, unbase64(signed), hidden.inverse)


def test_a_signed_pass_says_level_site_and_time_and_nothing_else(session, master, keys, clock):
    clock.advance(timedelta(minutes=17))
    claims = claims_of(made(session, master, clock.now()))
    hour = int(clock.now().timestamp()) - 17 * 60
    assert claims == {
        "iss": ISSUER,
        "aud": SITE,
        "level": "member",
        "iat": hour,
        "exp": hour + 24 * 3600,
    }


def test_all_passes_of_an_hour_are_the_same_bytes(session, master, keys, clock):
    first = made(session, master, clock.now())
    assert made(session, master, clock.now() + timedelta(minutes=59)) == first
    assert made(session, master, clock.now() + timedelta(minutes=60)) != first
    assert made(session, master, clock.now(), Level.SUPPORTER) != first
    assert made(session, master, clock.now(), site="https://other.example") != first


def test_what_is_signed_blindly_verifies_under_the_published_key(session, master, keys, clock):
    assert ask(session, master, clock)


def test_a_member_may_pass_for_a_supporter_and_not_the_other_way(session, master, keys, clock):
    assert ask(session, master, clock, key_level="supporter")
    with pytest.raises(NotAllowed, match="changed_key"):
        ask(session, master, clock, level=Level.SUPPORTER, key_level="member")


def test_a_key_of_yesterday_signs_no_more(session, master, keys, clock):
    kid = signing_key(session, BLIND, "member", clock.now()).kid
    clock.advance(timedelta(days=1))
    ensure_keys(session, master, clock.now())
    given = {"kid": kid, "blinded": "AAAA", "now": clock.now()}
    with pytest.raises(NotAllowed, match="changed_key"):
        blind_signed(session, master, 7, Level.MEMBER, **given)


def test_a_day_has_so_many_blind_passes_for_one_supporter(
    session, master, keys, clock, monkeypatch
):
    monkeypatch.setattr(issuing, "BLIND_A_DAY", 2)
    ask(session, master, clock)
    ask(session, master, clock)
    with pytest.raises(NotAllowed, match="too_many"):
        ask(session, master, clock)
    assert ask(session, master, clock, supporter=8)
    clock.advance(timedelta(days=1))
    ensure_keys(session, master, clock.now())
    assert ask(session, master, clock)
    assert BLIND_A_DAY > 2


def test_of_who_took_passes_the_count_of_the_day_stays_and_no_name(session, master, keys, clock):
    ask(session, master, clock)
    row = session.scalars(select(PassCount)).one()
    assert (row.day, row.taken) == (clock.now().date(), 1)
    assert row.taker_index == master.index("pass taker", "2026-11-24:7")
    clock.advance(timedelta(days=1))
    ensure_keys(session, master, clock.now())
    ask(session, master, clock, supporter=8)
    assert [one.day for one in session.scalars(select(PassCount))] == [clock.now().date()]


@pytest.mark.parametrize("sent", ["", "AAAA", "not base64!", "é", "/" * 343])
def test_what_is_no_hidden_message_is_refused_and_not_counted(session, master, keys, clock, sent):
    kid = signing_key(session, BLIND, "member", clock.now()).kid
    session.rollback()
    given = {"kid": kid, "blinded": sent, "now": clock.now()}
    with pytest.raises(NotAllowed, match="not_blinded"):
        blind_signed(session, master, 7, Level.MEMBER, **given)
    assert session.scalars(select(PassCount)).all() == []
