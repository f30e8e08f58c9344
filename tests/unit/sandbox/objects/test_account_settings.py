from __future__ import annotations

import pytest

from donations.sandbox.objects import account_settings
from donations.sandbox.refusals import Refusal


def test_a_setting_is_changed_and_the_others_stay(sandbox):
    told = sandbox.control("settings", {"dunning": {"then": "unpaid"}})
    assert told["dunning"]["then"] == "unpaid"
    assert told["dunning"]["after_days"] == [1, 1, 1, 2, 2, 2, 2, 3]
    assert told["upcoming"] == {"days": 7}
    assert account_settings.settings(sandbox.world)["dunning"]["then"] == "unpaid"


def test_the_defaults_are_nobodys_to_change(sandbox):
    sandbox.control("settings", {"upcoming": {"days": 3}})
    assert account_settings.DEFAULTS["upcoming"] == {"days": 7}


@pytest.mark.parametrize(
    "wrong",
    [
        {"colours": {}},
        {"dunning": "cancel"},
        {"dunning": {"until": 3}},
        {"dunning": {"then": "forget"}},
        {"dunning": {"after_days": 3}},
        {"dunning": {"after_days": [1, -1]}},
        {"upcoming": {"days": True}},
    ],
)
def test_a_setting_that_is_not_there_or_makes_no_sense_is_refused(sandbox, wrong):
    with pytest.raises(Refusal):
        sandbox.control("settings", wrong)
