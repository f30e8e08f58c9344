"""What the sandbox answers and takes, held against Stripe's OpenAPI description.

The description is one version older (`dahlia`) than the sandbox (`endive`) and knows none of the
legacy fields Stripe still sends.  Every difference is therefore listed with its reason, and one
that no longer occurs has to be taken from the list.
"""

from __future__ import annotations

from fnmatch import fnmatch

from sandbox_checks.known_differences import (
    FIELDS,
    OPERATIONS_UNKNOWN,
    PARAMETERS,
)
from sandbox_checks.parameters import names_of

from donations.sandbox.api import resources  # noqa: F401 - importing it fills the table
from donations.sandbox.api.operations import OPERATIONS


def unlisted(found, listed):
    """What was found and not listed, and what is listed and was not found."""
    fresh = {each for each in found if not any(fnmatch(each, known) for known in listed)}
    stale = {known for known in listed if not any(fnmatch(each, known) for each in found)}
    return fresh, stale


def test_every_answer_fits_stripes_schema_but_for_the_known_differences(talk, description):
    found = {
        str(one)
        for each in talk.answers
        if description.has(each.method, each.rule)
        for one in description.problems(description.answer(each.method, each.rule), each.body)
    }
    fresh, stale = unlisted(found | about_events(talk, description), FIELDS)
    assert not fresh
    assert not stale


def about_events(talk, description):
    """The differences of what the events tell about."""
    told = [event["data"]["object"] for event in talk.events]
    return {
        str(one)
        for about in told
        for one in description.problems({"anyOf": description.named(about["object"])}, about)
    }


def test_every_refusal_fits_stripes_schema_but_for_the_known_differences(talk, description):
    found = {
        str(one)
        for each in talk.refusals
        for one in description.problems(description.refusal(), each.body)
    }
    assert talk.refusals
    assert not unlisted(found, FIELDS)[0]


def test_every_operation_exists_in_stripes_description_but_for_the_new_ones(description):
    unknown = {
        f"{each.method} {each.rule}"
        for each in OPERATIONS
        if not description.has(each.method, each.rule)
    }
    assert unknown == set(OPERATIONS_UNKNOWN)


def test_every_operation_takes_stripes_parameters_but_for_the_known_differences(description):
    found = set()
    for each in OPERATIONS:
        if not description.has(each.method, each.rule):
            continue
        theirs = description.parameters(each.method, each.rule)
        ours = names_of(each.params)
        place = f"{each.method} {each.rule}"
        found |= {f"{place} more {name}" for name in ours - theirs}
        found |= {f"{place} less {name}" for name in theirs - ours}
    fresh, stale = unlisted(found, PARAMETERS)
    assert not fresh
    assert not stale


def test_the_description_refuses_what_is_not_stripes(description):
    """The judge itself can tell: a wrong object has each of its faults named."""
    refund = {
        "id": "re_1",
        "object": "refund",
        "amount": "5",
        "created": 1,
        "charge": 7,
        "failure_reason": None,
        "colour": "red",
        "status": "succeeded",
    }
    found = {
        (each.schema, each.path, each.trouble)
        for each in description.problems({"$ref": "#/components/schemas/refund"}, refund)
    }
    assert found == {
        ("refund", "amount", "kind"),
        ("refund", "charge", "kind"),
        ("refund", "colour", "unknown"),
        ("refund", "currency", "missing"),
        ("refund", "failure_reason", "null"),
    }
