from __future__ import annotations

from donations.sandbox.clock import SandboxClock


def test_travelling_forward_leaves_the_wall_clock_alone():
    clock = SandboxClock()
    clock.travel_to(clock.wall() + 1000)
    assert 999 <= clock.now() - clock.wall() <= 1000


def test_a_moment_already_past_changes_nothing():
    clock = SandboxClock(ahead=50)
    clock.travel_to(clock.wall() - 1000)
    assert clock.ahead == 50
