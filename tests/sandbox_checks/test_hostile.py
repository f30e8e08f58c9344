"""Whatever is asked, in whatever state things are: an answer or a refusal, never a breakdown."""

from __future__ import annotations

import pytest
import requests
from sandbox_checks.asking import Asking
from sandbox_checks.conversation import CONVERSATION
from sandbox_checks.talking import Talk

from donations.sandbox.annotations.reading import parameters
from donations.sandbox.api.operations import OPERATIONS
from donations.sandbox.server import Sandbox

REQUESTS = 700
STATUSES = {200, 400, 402, 404, 409}


@pytest.fixture
def sandbox():
    """One with a life behind it: every kind of object is there to be asked about."""
    running = Sandbox(port=0, background_delivery=False).start()
    Talk(running).hold(CONVERSATION)
    yield running
    running.stop()


@pytest.mark.parametrize("seed", [1, 2])
def test_made_up_requests_are_answered_or_refused_as_stripe_would(sandbox, seed):
    asking = Asking(sandbox.world, seed)
    told = []
    with requests.Session() as http:
        http.trust_env = False
        http.headers["Authorization"] = "Bearer sk_test_hostile"
        for _ in range(REQUESTS):
            operation = asking.dice.choice([each for each in OPERATIONS if each.method != "DELETE"])
            path, form = asking.path(operation), asking.fields(parameters(operation.params))
            given = {"data": form} if operation.method == "POST" else {"params": form}
            url = sandbox.base_url + path
            with http.request(operation.method, url, timeout=20, **given) as answer:
                told.append(answer.status_code)
                assert answer.status_code in STATUSES, (operation.method, path, form)
                body = answer.json()
                assert ("error" in body) == (answer.status_code != 200)
            if asking.dice.random() < 0.01:
                sandbox.control("advance", {"days": asking.dice.choice((1, 3, 31))})
    assert told.count(200) > REQUESTS / 5, "most of it must get somewhere, or nothing was tried"
