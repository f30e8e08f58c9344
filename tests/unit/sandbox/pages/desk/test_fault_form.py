from __future__ import annotations

import pytest


def send(http, sandbox, **fields):
    return http.post(f"{sandbox.base_url}/dashboard/faults", data=fields)


def turned(sandbox):
    return sandbox.world.faults.turned()


def test_faults_are_set_and_shown(sandbox, http):
    page = send(
        http, sandbox, duplicate="on", drop="3", delay="1.5", api_error="503", times="2"
    ).text
    assert turned(sandbox) == {
        "duplicate": True,
        "drop": 3,
        "delay": 1.5,
        "api_error": {"status": 503, "times": 2},
    }
    assert "The faults are as you set them." in page
    assert 'name="duplicate" checked' in page
    assert '<option value="503" selected>' in page
    assert "api error" in http.get(sandbox.base_url + "/").text


def test_a_switch_left_empty_is_off(sandbox, http):
    send(http, sandbox, reverse="on")
    send(http, sandbox, late_balance_transaction="on")
    assert turned(sandbox) == {"late_balance_transaction": True}


def test_all_faults_are_cleared_at_once(sandbox, http):
    sandbox.control("faults", {"reverse": True, "country": "DE"})
    assert "country" in http.get(f"{sandbox.base_url}/dashboard/faults").text
    send(http, sandbox, clear="1", duplicate="on")
    assert turned(sandbox) == {}


@pytest.mark.parametrize("fields", [{"drop": "many"}, {"delay": "-1"}, {"api_error": "418"}])
def test_what_is_no_fault_is_refused_in_words(sandbox, http, fields):
    page = send(http, sandbox, **fields).text
    assert 'role="alert"' in page
    assert turned(sandbox) == {}
