"""Speaks a table of steps to a sandbox through Stripe's own SDK and keeps every exchange.

A text that begins with `@` names something kept before: `@reader` is its id, `@reader.email` a
field, `@join.items.data.0.id` a field deeper inside; `@now` is the sandbox's time and `@now+3600`
an hour later.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe
from sandbox_checks.watching import watching

from donations.sandbox.api.operations import OPERATIONS

_HOSTS = ("api", "files", "connect", "meter_events")
_CASUAL = frozenset({"limit", "starting_after", "ending_before"})


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of the SDK, such as `customers.create`, and what its answer is kept as."""

    call: str
    given: tuple[Any, ...] = ()
    keep: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One order to the sandbox itself: to pay a page as a reader would, to let time pass."""

    name: str
    given: dict[str, Any] = field(default_factory=dict)


def ask(call, *given, keep=""):
    return Ask(call, given, keep)


def refused(code, call, *given):
    """A call that Stripe refuses with the error code `code` (or its type, if it has no code)."""
    return Ask(call, given, "", code)


def order(name, **given):
    return Order(name, given)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer as they went over the wire."""

    method: str
    rule: str
    parameters: frozenset[str]
    status: int
    body: dict[str, Any]

    @property
    def call(self):
        """What makes this call another than the others: operation and parameters."""
        return self.method, self.rule, self.parameters


class _Wire(stripe.RequestsClient):
    """The SDK's own way over the wire, overheard."""

    def __init__(self):
        super().__init__()
        self.exchanges = []

    def request(self, method, url, headers, post_data=None):
        answer = super().request(method, url, headers, post_data)
        parts = urlsplit(url)
        given = parse_qsl(str(post_data or parts.query), keep_blank_values=True)
        names = frozenset(re.sub(r"\[\d*\]", "[]", name) for name, _ in given)
        rule = _rule_of(method.upper(), parts.path)
        self.exchanges.append(
            Exchange(method.upper(), rule, names, answer[1], json.loads(answer[0]))
        )
        return answer


def _rule_of(method, path):
    for operation in OPERATIONS:
        pattern = re.sub(r"<\w+>", "[^/]+", operation.rule)
        if operation.method == method and re.fullmatch(pattern, path):
            literal = "<" not in operation.rule
            if literal or path not in {each.rule for each in OPERATIONS if each.method == method}:
                return operation.rule
    return f"(none) {path}"


class Talk:
    """A conversation with one sandbox."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self._wire = _Wire()
        self._kept = {}
        self.asked = {}
        self._sdk = stripe.StripeClient(
            "sk_test_checks",
            base_addresses=dict.fromkeys(_HOSTS, sandbox.base_url),
            http_client=self._wire,
        )

    def hold(self, steps):
        """Speak every step.  A call that goes otherwise than the table says is an error."""
        with watching() as self.asked:
            for place, step in enumerate(steps):
                try:
                    self._speak(step)
                except Exception as error:
                    error.add_note(f"in step {place}: {step}")
                    raise
        self._wire.close()
        return self

    @property
    def exchanges(self):
        return self._wire.exchanges

    @property
    def answers(self):
        return [each for each in self.exchanges if each.status == 200]

    @property
    def refusals(self):
        return [each for each in self.exchanges if each.status != 200]

    @property
    def events(self):
        """Every event the sandbox recorded, the oldest first."""
        return list(self.sandbox.world.store.tables["event"].values())

    def _speak(self, step):
        if isinstance(step, Order):
            answer = self.sandbox.control(step.name, self._resolved(step.given))
            if step.name == "pay" and answer["outcome"] != step.given.get("outcome", "complete"):
                raise AssertionError(answer)
            return
        verb = attrgetter(step.call)(self._sdk.v1)
        try:
            verb(*self._resolved(list(step.given)))
        except stripe.StripeError as error:
            if step.refused and step.refused in (error.code, type(error).__name__):
                return
            raise
        if step.refused:
            raise AssertionError(f"{step.call} was not refused")
        if step.keep:
            self._kept[step.keep] = self.exchanges[-1].body

    def _resolved(self, given):
        if isinstance(given, dict):
            return {name: self._resolved(value) for name, value in given.items()}
        if isinstance(given, list):
            return [self._resolved(value) for value in given]
        if isinstance(given, str) and given.startswith("@"):
            return self._named(given[1:])
        return given

    def _named(self, name):
        if name.startswith("now"):
            return self.sandbox.world.clock.now() + int(name[3:] or 0)
        first, *path = name.split(".")
        found = self._kept[first]
        for step in path or ["id"]:
            found = found[int(step)] if isinstance(found, list) else found[step]
        return found
