"""Brokers for the tests that kill: started once, and missed out loud where there are none."""

from __future__ import annotations

import pytest
from tests_support.brokers import install, missing, missing_because, program, running


@pytest.fixture(scope="session")
def brokers():
    """Gives a broker by name, started when first asked for; skips where it is not installed."""
    install()
    opened = {}

    def broker(name):
        if program(name) is None:
            pytest.skip(missing_because(name))
        if name not in opened:
            context = running(name)
            opened[name] = (context, context.__enter__())
        return opened[name][1]

    yield broker
    for context, _ in opened.values():
        context.__exit__(None, None, None)


def pytest_terminal_summary(terminalreporter):
    for name in missing():
        terminalreporter.write_line(f"Not tested with {name}: {missing_because(name)}")
