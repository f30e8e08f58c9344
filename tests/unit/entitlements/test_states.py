"""Entitlements move by one table, whatever happens to them."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests_support.tiers import AT, reader_and_friend

from donations.entitlements.granting import current, grant, move
from donations.entitlements.models import Entitlement
from donations.entitlements.states import MOVES, Origin, State, is_a_move
from donations.kernel.errors import NotAllowed

OVER = {State.ENDED, State.REVOKED}


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("after", list(State))
def test_an_entitlement_moves_as_the_table_says_and_no_other_way(before, after):
    row = Entitlement(state=before.value, ended_because="")
    if before is after:
        move(row, after, because="nothing")
        assert (row.state, row.ended_because) == (before.value, "")
    elif is_a_move(before, after):
        move(row, after, because="reason")
        assert (row.state, row.ended_because) == (after.value, "reason")
    else:
        with pytest.raises(NotAllowed):
            move(row, after)
        assert row.state == before.value


def test_what_is_over_stays_over():
    assert all(not MOVES[state] for state in OVER)
    assert set(MOVES) == set(State)


class Life(RuleBasedStateMachine):
    """Grants and moves of one origin, in any order."""

    session = None
    tiers = ()

    def __init__(self):
        super().__init__()
        self.origin_id = Life.next_id = getattr(Life, "next_id", 0) + 1
        self.states = {}

    @rule(tier=st.integers(0, 1), waits=st.booleans())
    def give(self, tier, waits):
        from datetime import timedelta

        living = current(self.session, Origin.COMP, self.origin_id)
        if living is not None and living.tier_id != self.tiers[tier]:
            move(living, State.ENDED, because="changed")
            self.states[living.id] = State.ENDED
            self.session.flush()
        row = grant(
            self.session,
            tier_id=self.tiers[tier],
            supporter_id=None,
            origin=Origin.COMP,
            origin_id=self.origin_id,
            now=AT,
            starts_at=AT + timedelta(days=1) if waits else None,
        )
        self.states.setdefault(row.id, State(row.state))

    @rule(to=st.sampled_from(list(State)))
    def go(self, to):
        for number, before in list(self.states.items()):
            row = self.session.get_one(Entitlement, number)
            try:
                move(row, to)
            except NotAllowed:
                assert to not in MOVES[before]
            else:
                assert to is before or to in MOVES[before]
                self.states[number] = to
        self.session.flush()

    @invariant()
    def at_most_one_of_an_origin_lives_and_each_is_where_it_went(self):
        rows = [self.session.get_one(Entitlement, number) for number in self.states]
        assert [State(row.state) for row in rows] == list(self.states.values())
        assert sum(State(row.state) not in OVER for row in rows) <= 1
        assert sorted(row.number for row in rows) == list(range(1, len(rows) + 1))


def test_no_order_of_events_leaves_the_table_or_gives_the_same_twice(session):
    Life.session, Life.tiers = session, [one.id for one in reader_and_friend(session)]
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
