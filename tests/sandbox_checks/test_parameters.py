"""No parameter Stripe takes is silently ignored: it has its effect, or it is refused.

Three nets, each finer than the one before: a parameter is named in the sandbox's code at all; its
own operation asks for it in the course of the conversation; what is refused is refused by its name.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import stripe
from sandbox_checks.known_differences import REFUSED_ALWAYS, TAKEN_WHOLE
from sandbox_checks.parameters import names_of

import donations.sandbox
from donations.sandbox.api import resources  # noqa: F401 - importing it fills the table
from donations.sandbox.api.operations import OPERATIONS
from donations.sandbox.refusals import Refusal

CODE = Path(donations.sandbox.__file__).parent
PLACES = ("objects", "api", "pages")
POSTS = [
    each
    for each in OPERATIONS
    if each.method == "POST" and f"POST {each.rule}" not in REFUSED_ALWAYS
]
EVERYWHERE = frozenset({"expand"})


def named():
    """Every word that stands in a string of the sandbox's code."""
    text = "\n".join(
        path.read_text() for place in PLACES for path in sorted((CODE / place).rglob("*.py"))
    )
    return {
        word for string in re.findall(r'"([^"\n]*)"', text) for word in re.findall(r"\w+", string)
    }


NAMED = named()


def refused(operation, name):
    """Whether `without` holds the parameter, or one that it is a part of."""
    return any(name == path or name.startswith(f"{path}.") for path in operation.without)


@pytest.mark.parametrize("operation", POSTS, ids=lambda each: each.rule)
def test_every_parameter_is_named_in_the_code_or_refused(operation):
    silent = {
        name
        for name in names_of(operation.params)
        if not refused(operation, name)
        and not name.startswith(tuple(TAKEN_WHOLE))
        and name.rpartition(".")[2] not in NAMED
    }
    above = {name for name in silent if name.rpartition(".")[0] not in silent}
    assert not above


@pytest.mark.parametrize("operation", POSTS, ids=lambda each: each.rule)
def test_every_parameter_is_asked_for_by_its_operation_or_refused(operation, talk):
    own = {name for name in names_of(operation.params) if "." not in name} - EVERYWHERE
    asked = talk.asked.get(operation.params, set())
    assert {name for name in own - asked if not refused(operation, name)} == set()


def test_what_is_refused_is_a_parameter_of_stripes():
    """Operations may share what they refuse; no path may be one that none of them knows."""
    known = {name for each in OPERATIONS for name in names_of(each.params)}
    assert {path for each in OPERATIONS for path in each.without} <= known


@pytest.mark.parametrize(
    ("operation", "path"),
    [(each, path) for each in POSTS for path in each.without],
    ids=lambda each: each if isinstance(each, str) else each.rule,
)
def test_a_parameter_without_effect_is_refused_by_its_name(operation, path):
    """Also in the second of the items of a list."""
    first, *rest = path.split(".")
    given = "x"
    for step in reversed(rest):
        given = {step: given}
    for value in (given, [{}, given]) if rest else (given,):
        with pytest.raises(Refusal) as refusal:
            operation.refuse_ineffective({first: value})
        assert refusal.value.error["param"].startswith(first)
        assert path in refusal.value.error["message"]


@pytest.mark.parametrize(
    "given",
    [
        {"payment_method_options": {"affirm": {"preferred_locale": "en"}}},
        {"payment_method_options": {"card": {"moto": True}}},
        {"payment_method_data": {"type": "klarna", "klarna": {}}},
        {"payment_method_data": {"type": "card", "klarna": {}}},
    ],
    ids=str,
)
def test_what_is_taken_whole_refuses_what_has_no_effect(sdk, given):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.payment_intents.create({"amount": 500, "currency": "usd", **given})
    assert refusal.value.param.startswith(next(iter(given)))
