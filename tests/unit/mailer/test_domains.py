import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.kernel.database import begin_write
from donations.mailer.domains import FEW_REFUSALS, SERVER, Domains
from donations.mailer.models import MailDomain
from donations.mailer.pacing import MailRates


@pytest.fixture
def ask(session, master, clock):
    def _ask(wanted, rates="big.example=10/s", *, needed=False):
        begin_write(session)
        domains = Domains(master, MailRates.parse(rates))
        turns = domains.turns(session, [(domain, needed) for domain in wanted], clock.now())
        session.commit()
        return turns

    return _ask


def refuse(session, master, clock, domain):
    begin_write(session)
    found = Domains(master, MailRates()).note_refused(session, domain, clock.now())
    session.commit()
    return found


def test_without_limits_everybody_goes_at_once_and_nothing_is_kept(ask, session):
    assert ask(["a.example", "b.example"] * 50, "") == [None] * 100
    assert session.scalars(select(MailDomain)).all() == []


def test_a_domain_gets_as_many_as_agreed_and_the_others_stand_in_line(ask, clock):
    turns = ask(["big.example"] * 15)
    assert turns[:10] == [None] * 10
    waits = [(at - clock.now()).total_seconds() for at in turns[10:]]
    assert waits == pytest.approx([1.1, 1.2, 1.3, 1.4, 1.5])
    more = ask(["big.example"] * 2)
    assert [(at - clock.now()).total_seconds() for at in more] == pytest.approx([1.6, 1.7])


def test_a_big_domain_holds_up_no_other(ask):
    turns = ask(["big.example", "small.example"] * 50)
    assert turns[1::2] == [None] * 50
    assert turns[0::2].count(None) == 10


def test_whoever_comes_back_in_line_goes(ask, clock):
    for at in ask(["big.example"] * 30):
        if at is not None:
            clock.at = at
            assert ask(["big.example"]) == [None]


def test_over_time_a_domain_gets_its_rate(ask, clock):
    went = 0
    for _ in range(100):
        went += ask(["big.example"] * 40).count(None)
        clock.advance(timedelta(milliseconds=250))
    assert 245 <= went <= 262  # ten a second for 25 seconds, and one second's ahead


def test_a_letter_that_is_needed_goes_ahead_of_the_line(ask, clock):
    ask(["big.example"] * 200)
    assert ask(["big.example"], needed=True) == [None]
    later = ask(["big.example"] * 200, needed=True)
    assert later.count(None) < 100
    assert max(at for at in later if at) <= clock.now() + timedelta(seconds=10)


def test_processes_keep_one_pace_together(engine, master, clock):
    found = []

    def take():
        for _ in range(5):
            with Session(engine) as session:
                begin_write(session)
                domains = Domains(master, MailRates.parse("*=10/s"))
                found.extend(domains.turns(session, [("big.example", False)] * 3, clock.now()))
                session.commit()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(None) == 10
    lined = [at for at in found if at]
    assert len(lined) == len(set(lined)) == 80


def test_a_domain_that_asks_to_wait_is_quiet_longer_each_time(session, master, clock, ask):
    pauses = []
    for _ in range(12):
        until, counts = refuse(session, master, clock, "a.example")
        assert not counts
        assert ask(["a.example", "b.example"], "") == [until, None]
        pauses.append((until - clock.now()).total_seconds())
        clock.at = until
        assert ask(["a.example"], "") == [None]
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3840, 7200, 7200, 7200, 7200]


def test_those_refused_at_the_same_time_are_refused_once(session, master, clock):
    first = refuse(session, master, clock, "a.example")
    assert refuse(session, master, clock, "a.example") == first


def test_a_letter_that_is_taken_ends_the_growing(session, master, clock, ask):
    until, _ = refuse(session, master, clock, "a.example")
    clock.at = until
    domains = Domains(master, MailRates())
    begin_write(session)
    domains.turns(session, [("a.example", False)], clock.now())
    domains.note_taken(session, "a.example")
    session.commit()
    until, _ = refuse(session, master, clock, "a.example")
    assert until == clock.now() + timedelta(seconds=30)


def test_our_own_server_holds_up_everybody_and_is_asked_again_soon(session, master, clock, ask):
    for _ in range(FEW_REFUSALS + 5):
        until, counts = refuse(session, master, clock, SERVER)
        assert not counts
        assert ask(["a.example", "big.example"]) == [until, until]
        assert until - clock.now() <= timedelta(minutes=5)
        clock.at = until


def test_a_domain_that_asks_for_days_makes_tries_count_again(session, master, clock):
    for _ in range(FEW_REFUSALS):
        until, counts = refuse(session, master, clock, "a.example")
        assert not counts
        clock.at = until
    assert refuse(session, master, clock, "a.example")[1]


def test_no_domain_can_be_read_from_its_row(session, master, clock, ask):
    ask(["big.example"])
    [row] = session.scalars(select(MailDomain))
    assert len(row.domain_index) == 32
    assert b"big" not in row.domain_index
