from datetime import timedelta

import pytest

from donations.staff.one_time_codes import (
    accepted_step,
    code_for,
    new_secret,
    provisioning_uri,
    step_at,
    terminal_qr,
)

SECRET = "JBSWY3DPEHPK3PXP" * 2


@pytest.mark.parametrize(
    ("off", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_telephone_may_be_one_step_off(clock, off, good):
    code = code_for(SECRET, step_at(clock.now()) + off)
    assert (accepted_step(SECRET, code, now=clock.now(), after=0) is not None) is good


def test_neither_a_used_code_nor_an_older_one_is_taken(clock):
    step = step_at(clock.now())
    for used in (step, step - 1):
        code = code_for(SECRET, used)
        assert accepted_step(SECRET, code, now=clock.now(), after=step) is None
    clock.advance(timedelta(seconds=30))
    code = code_for(SECRET, step + 1)
    assert accepted_step(SECRET, code, now=clock.now(), after=step) == step + 1


def test_a_code_typed_in_two_groups_is_the_same_code(clock):
    code = code_for(SECRET, step_at(clock.now()))
    typed = f" {code[:3]} {code[3:]} "
    assert accepted_step(SECRET, typed, now=clock.now(), after=0) is not None
    assert accepted_step(SECRET, "１２３４５６", now=clock.now(), after=0) is None


def test_a_secret_is_new_each_time_and_long_enough():
    assert new_secret() != new_secret()
    assert len(new_secret()) * 5 >= 160


def test_the_terminal_shows_a_code_to_scan():
    drawing = terminal_qr(provisioning_uri(SECRET, "ann", "Office"))
    assert len(drawing.splitlines()) > 10
