from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from donations.kernel.database import begin_write
from donations.staff.accounts import AccountLocked, LoginTaken, SignInRefused, add_member, sign_in
from donations.staff.models import StaffMember
from donations.staff.passwords import WeakPassword
from donations.staff.sessions import IDLE, LONGEST, member_for, sign_out

PASSWORD = "correct horse battery"


@pytest.fixture
def totp(session, master, clock):
    begin_write(session)
    _, uri = add_member(
        session, master, login="Ann", password=PASSWORD, role="finance", now=clock.now()
    )
    session.commit()
    return pyotp.parse_uri(uri)


def enter(session, master, clock, totp, **changes):
    given = {"login": "ann", "password": PASSWORD, "code": totp.at(clock.now()), **changes}
    return sign_in(session, master, now=clock.now(), **given)


def test_password_and_code_together_open_a_session(session, master, clock, totp):
    token = enter(session, master, clock, totp)
    assert member_for(session, token, clock.now()).login == "ann"
    assert member_for(session, token + "x", clock.now()) is None


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"code": "000000"}, {"login": "bob"}])
def test_anything_wrong_is_refused_in_the_same_words(session, master, clock, totp, changes):
    with pytest.raises(SignInRefused) as refusal:
        enter(session, master, clock, totp, **changes)
    assert str(refusal.value) == ""


def test_a_code_works_once(session, master, clock, totp):
    enter(session, master, clock, totp)
    with pytest.raises(SignInRefused):
        enter(session, master, clock, totp)
    clock.advance(timedelta(seconds=30))
    enter(session, master, clock, totp)


def test_guessing_is_slowed_down_and_ends_by_itself(session, master, clock, totp):
    for _ in range(5):
        with pytest.raises(SignInRefused):
            enter(session, master, clock, totp, password="guess", code="000000")
    with pytest.raises(AccountLocked):
        enter(session, master, clock, totp)
    clock.advance(timedelta(seconds=61))
    enter(session, master, clock, totp)


def test_the_lock_doubles_and_is_a_quarter_of_an_hour_at_most(session, master, clock, totp):
    locks = []
    for _ in range(11):
        with pytest.raises(SignInRefused):
            enter(session, master, clock, totp, password="guess", code="000000")
        until = session.scalars(select(StaffMember)).one().locked_until
        if until is not None:
            locks.append((until - clock.now()).total_seconds())
            clock.advance(until - clock.now())
    assert locks == [60, 120, 240, 480, 900, 900, 900]


def test_an_unknown_login_costs_as_much_work_as_a_known_one(
    session, master, clock, totp, monkeypatch
):
    checked = []

    def is_password(password, hashed):
        checked.append(hashed is None)
        return False

    monkeypatch.setattr("donations.staff.accounts.is_password", is_password)
    for login in ("ann", "nobody"):
        with pytest.raises(SignInRefused):
            enter(session, master, clock, totp, login=login)
    assert checked == [False, True]


@pytest.mark.parametrize("after", [IDLE, LONGEST])
def test_a_session_ends_by_idleness_and_by_age(session, master, clock, totp, after):
    token = enter(session, master, clock, totp)
    if after is IDLE:
        clock.advance(after)
    for _ in range(60) if after is LONGEST else ():
        clock.advance(timedelta(minutes=9))
        member_for(session, token, clock.now())
    assert member_for(session, token, clock.now()) is None


def test_signing_out_ends_the_session_in_the_database(session, master, clock, totp):
    token = enter(session, master, clock, totp)
    sign_out(session, token, clock.now())
    assert member_for(session, token, clock.now()) is None


def test_a_disabled_account_is_out_at_once(session, master, clock, totp):
    token = enter(session, master, clock, totp)
    session.scalars(select(StaffMember)).one().disabled_at = clock.now()
    session.commit()
    assert member_for(session, token, clock.now()) is None


def test_a_weak_password_and_a_taken_login_are_refused(session, master, clock, totp):
    with pytest.raises(WeakPassword):
        add_member(session, master, login="x", password="short", role="admin", now=clock.now())
    with pytest.raises(LoginTaken):
        add_member(session, master, login="ANN", password=PASSWORD, role="admin", now=clock.now())
    with pytest.raises(ValueError, match="owner"):
        add_member(session, master, login="x", password=PASSWORD, role="owner", now=clock.now())


def test_neither_password_nor_secret_is_readable_in_the_database(session, totp):
    row = session.scalars(select(StaffMember)).one()
    assert row.password_hash.startswith("$argon2id$")
    assert totp.secret.encode() not in row.totp_sealed
