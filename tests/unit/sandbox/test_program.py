from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from donations.sandbox.program import sandbox as program


@pytest.fixture
def ordered(sandbox):
    def run(*words):
        return CliRunner().invoke(program, ["--port", str(sandbox.port), "order", *words])

    return run


def test_an_order_from_the_command_line_is_carried_out(ordered, sandbox):
    answer = ordered("faults", "duplicate=true", "drop=3", 'settlement={"jpy": ["usd", "0.0065"]}')
    assert answer.exit_code == 0
    assert json.loads(answer.output)["drop"] == 3
    assert sandbox.world.faults.duplicate is True
    assert sandbox.world.faults.settlement == {"jpy": ["usd", "0.0065"]}


def test_a_text_needs_no_quotes(ordered, sandbox):
    ordered("faults", "country=RU")
    assert sandbox.world.faults.country == "RU"


def test_how_things_stand_is_told(ordered):
    assert json.loads(ordered("state").output)["deliveries"] == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["explode"], "No such order: explode"),
        (["faults", "explode=1"], "No such fault: explode"),
        (["advance", "months"], "KEY=VALUE"),
    ],
)
def test_what_cannot_be_done_is_said_and_fails(ordered, words, told):
    answer = ordered(*words)
    assert answer.exit_code != 0
    assert told in answer.output


def test_without_a_sandbox_it_says_where_it_looked():
    answer = CliRunner().invoke(program, ["order", "state", "--at", "http://127.0.0.1:1"])
    assert answer.exit_code == 1
    assert "No sandbox answers at http://127.0.0.1:1." in answer.output
