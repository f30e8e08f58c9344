"""Test clocks."""

from __future__ import annotations

from sandbox_checks.talking import ask, refused

DAY = 86_400

CLOCKS = (
    ask(
        "test_helpers.test_clocks.create",
        {"frozen_time": "@now", "name": "A year with a member"},
        keep="clock",
    ),
    ask("test_helpers.test_clocks.retrieve", "@clock"),
    ask("test_helpers.test_clocks.list"),
    ask("customers.create", {"email": "clock@example.org", "test_clock": "@clock"}),
    ask("customers.list", {"test_clock": "@clock"}),
    ask("test_helpers.test_clocks.advance", "@clock", {"frozen_time": f"@now+{40 * DAY}"}),
    ask("test_helpers.test_clocks.retrieve", "@clock"),
    refused(
        "InvalidRequestError", "test_helpers.test_clocks.advance", "@clock", {"frozen_time": 1}
    ),
    ask("test_helpers.test_clocks.delete", "@clock"),
    refused("resource_missing", "test_helpers.test_clocks.retrieve", "clock_nobody"),
)
