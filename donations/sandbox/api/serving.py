"""Serves `/v1/…`: admits, checks, does the work under the lock, answers in Stripe's form."""

from __future__ import annotations

import json
import secrets
import socket
import struct
import time
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from donations.sandbox import API_VERSION
from donations.sandbox.annotations import form
from donations.sandbox.api import resources  # noqa: F401 - importing it fills the table
from donations.sandbox.api.expansion import expanded
from donations.sandbox.api.gate import admit
from donations.sandbox.api.idempotency import Keys
from donations.sandbox.api.operations import OPERATIONS, Call, Operation
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import Asked, cloned, presented

if TYPE_CHECKING:
    from collections.abc import Callable

    from donations.sandbox import Obj
    from donations.sandbox.world import World


def blueprint(world: World) -> Blueprint:
    """The API as a blueprint over `world`."""
    api = Blueprint("api", __name__)
    keys = Keys(world)
    for number, operation in enumerate(OPERATIONS):
        view = _view(world, keys, operation)
        endpoint = f"op{number}"
        api.add_url_rule(operation.rule, endpoint, view, methods=[operation.method])

    @api.route("/v1/<path:rest>", methods=["GET", "POST", "DELETE"])
    def unknown(rest: str) -> Response:
        refusal = Refusal(
            f"Unrecognized request URL ({request.method}: /v1/{rest[:80]}).", status=404
        )
        return _answer(404, {"error": refusal.error}, _request_id())

    return api


def _view(world: World, keys: Keys, operation: Operation) -> Callable[..., Response]:
    def view(id: str = "", inner: str = "") -> Response:  # noqa: A002 - the names in the rule
        asked = Asked(_request_id(), request.headers.get("Idempotency-Key"))
        if world.faults.cuts(request.path, after_work=False):
            return _cut()
        try:
            status, body, replayed = _served(world, keys, operation, (id, inner), asked)
        except Refusal as refusal:
            return _answer(refusal.status, {"error": refusal.error}, str(asked.id))
        if world.faults.cuts(request.path, after_work=True):
            return _cut()
        return _answer(status, body, str(asked.id), replayed=replayed)

    return view


def _served(
    world: World, keys: Keys, operation: Operation, ids: tuple[str, str], asked: Asked
) -> tuple[int, Obj, bool]:
    admit(request.headers)
    world.faults.admit(f"{operation.method} {operation.rule}")
    world.faults.strike(request.path, after_work=False)
    body = request.get_data(as_text=True) if request.method == "POST" else _query()
    call = Call(world, form.read(operation.params, body), ids[0], request.path, ids[1])
    operation.refuse_ineffective(call.params)
    key = asked.idempotency_key if operation.method == "POST" else None
    if key is None:
        answer = _work(operation, call, asked)
        world.faults.strike(request.path, after_work=True)
        return (*answer, False)
    told: list[Any] = [request.path, form.decoded(body)]
    stored = keys.begin(key, told)
    if stored:
        return (*stored, True)
    try:
        return (*_remembered(keys, told, operation, call, asked), False)
    finally:
        keys.release(key)


def _remembered(
    keys: Keys, told: list[Any], operation: Operation, call: Call, asked: Asked
) -> tuple[int, Obj]:
    key = str(asked.idempotency_key)
    try:
        status, body = _work(operation, call, asked)
        keys.keep(key, told, status, body)
        call.world.faults.strike(call.path, after_work=True)
    except Refusal as refusal:
        if refusal.kept and refusal.status != 500:  # noqa: PLR2004 - an ordered fault hides the answer
            keys.keep(key, told, refusal.status, {"error": refusal.error})
        raise
    return status, body


def _work(operation: Operation, call: Call, asked: Asked) -> tuple[int, Obj]:
    world = call.world
    if world.faults.api_delay_seconds:
        time.sleep(world.faults.api_delay_seconds)
    with world.lock:
        world.catch_up()
        world.asked = asked
        try:
            with world.on_clock_of(call.id, *call.params.values()):
                answer = presented(operation.answer(call))
        finally:
            world.asked = Asked()
        paths = call.params.get("expand")
        if paths:
            return 200, expanded(world, answer, _kind_of(operation, answer), paths)
        return 200, cloned(answer)


def _kind_of(operation: Operation, answer: Obj) -> str:
    """What a list lists, by its path: known also when it is empty."""
    if answer["object"] != "list":
        return str(answer["object"])
    last = operation.rule.rsplit("/", 1)[1]
    named = {
        "sessions": "checkout.session",
        "line_items": "item",
        "lines": "line_item",
        "test_clocks": "test_helpers.test_clock",
        "early_fraud_warnings": "radar.early_fraud_warning",
        "configurations": "billing_portal.configuration",
    }
    return named.get(last, last.removesuffix("s"))


def _query() -> str:
    return request.query_string.decode()


def _request_id() -> str:
    return "req_" + secrets.token_hex(7)


def _answer(status: int, body: Obj, request_id: str, *, replayed: bool = False) -> Response:
    answer = Response(json.dumps(body, indent=2), status, mimetype="application/json")
    answer.headers["Request-Id"] = request_id
    answer.headers["Stripe-Version"] = API_VERSION
    if replayed:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer


def _cut() -> Response:
    """Cut the connection so that the caller sees a reset and no answer."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)
