"""A whole life with the sandbox, spoken by Stripe's own SDK: every answer has Stripe's shape."""

from __future__ import annotations

from sandbox_checks.known_differences import REFUSED_ALWAYS

from donations.sandbox import API_VERSION
from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.api.operations import OPERATIONS
from donations.sandbox.world import presented

FEWEST_CALLS = 200


def problems(answer):
    """What the SDK's annotations say against an answer, or against each item of a list."""
    items = answer["data"] if answer["object"] == "list" else [answer]
    return {
        f"{item['object']} {each.param} {each.trouble} {each.detail}"
        for item in items
        for each in problems_of(item)
    }


def test_the_conversation_is_a_long_one(talk):
    assert len({each.call for each in talk.exchanges}) >= FEWEST_CALLS


def test_every_operation_is_asked_and_answers_well(talk):
    answered = {f"{each.method} {each.rule}" for each in talk.answers}
    offered = {f"{each.method} {each.rule}" for each in OPERATIONS}
    assert offered - answered == set(REFUSED_ALWAYS)


def test_no_operation_is_in_the_table_twice():
    rules = [(each.method, each.rule) for each in OPERATIONS]
    assert sorted(rules) == sorted(set(rules))


def test_every_answer_is_clean_by_the_sdks_types(talk):
    assert {one for each in talk.answers for one in problems(each.body)} == set()


def test_every_event_is_clean_by_the_sdks_types(talk):
    assert {one for event in talk.events for one in problems(presented(event))} == set()


def test_what_every_event_tells_about_is_clean_by_the_sdks_types(talk):
    """An invoice that is still to come has no id: the event's own description says so."""
    for event in talk.events:
        unborn = {"invoice id missing "} if event["type"] == "invoice.upcoming" else set()
        assert problems(event["data"]["object"]) == unborn, event["type"]


def test_every_list_has_what_a_list_has(talk):
    for each in talk.answers:
        if each.body["object"] == "list":
            assert each.body.keys() == {"object", "data", "has_more", "url"}
            assert each.body["url"].startswith("/v1/")


def test_every_refusal_has_a_type_and_a_sentence(talk):
    for each in talk.refusals:
        error = each.body["error"]
        assert error["type"] in {"invalid_request_error", "card_error", "idempotency_error"}
        assert error["message"]
        assert each.status in {400, 402, 404}


def test_no_answer_lets_out_the_sandboxes_own_keys(talk):
    def own(value):
        if isinstance(value, dict):
            yield from (name for name in value if name.startswith("_"))
            for inner in value.values():
                yield from own(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from own(inner)

    assert {name for each in talk.exchanges for name in own(each.body)} == set()


def test_every_event_names_the_version(talk):
    assert {event["api_version"] for event in talk.events} == {API_VERSION}


def test_an_endpoint_could_listen_to_every_event(talk, description):
    assert {event["type"] for event in talk.events} - description.events() == set()
