from donations.jobs.turns import Turns


def test_kinds_take_turns():
    turns = Turns(frozenset())
    had = []
    for _ in range(6):
        first = turns.order(["stripe_event", "receipt", "welcome"])[0]
        turns.had(first)
        had.append(first)
    assert had == ["stripe_event", "receipt", "welcome"] * 2


def test_bulk_comes_behind_what_people_wait_for_and_is_never_starved():
    turns = Turns(frozenset({"reminder"}))
    firsts = [turns.order(["reminder", "receipt"])[0] for _ in range(100)]
    assert firsts.count("reminder") == 10
    assert firsts[0] == "receipt"


def test_a_hand_kept_free_takes_no_bulk():
    assert Turns(frozenset({"reminder"})).order(["reminder"], bulk=False) == []
