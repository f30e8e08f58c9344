"""Form bodies and query strings as the SDK writes them: `a[b][0][c]=1`."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from donations.sandbox.annotations.reading import parameters
from donations.sandbox.annotations.walking import Problem, from_form, walk
from donations.sandbox.refusals import Refusal

_MOST_FIELDS = 1000


def decoded(body: str) -> dict[str, Any]:
    """The nested mapping a form body spells; mappings with only numbers for keys become lists."""
    root: dict[str, Any] = {}
    for key, value in parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS):
        steps = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", key)
        if not steps:
            raise Refusal(
                f"Received unknown parameter: {key[:80]}", code="parameter_unknown", param=key[:80]
            )
        here = root
        for place, step in enumerate(steps):
            name = step or str(len(here))
            if place == len(steps) - 1:
                here[name] = value
                continue
            deeper = here.setdefault(name, {})
            if not isinstance(deeper, dict):
                raise Refusal("Invalid object", param=key)
            here = deeper
    listed: dict[str, Any] = {name: _lists(value) for name, value in root.items()}
    return listed


def read(name: str, body: str) -> dict[str, Any]:
    """The parameters of class `name` in a form body, as values.  Raises `Refusal`."""
    values, problems = walk(parameters(name), decoded(body), from_form)
    if problems:
        raise _refusal(problems[0])
    found: dict[str, Any] = values
    return found


def _lists(value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(item) for key, item in value.items()}


def _refusal(problem: Problem) -> Refusal:
    param, detail = problem.param, problem.detail
    if problem.path[0] == "payment_method_types" and problem.trouble == "unknown":
        return Refusal(
            "The `payment_method_types` parameter is no longer supported. Use "
            "`allowed_payment_method_types` or `excluded_payment_method_types` instead.",
            code="payment_method_types_no_longer_supported",
            param=param,
        )
    told: dict[str, tuple[str, str | None]] = {
        "unknown": (f"Received unknown parameter: {param}", "parameter_unknown"),
        "missing": (f"Missing required param: {param}.", "parameter_missing"),
        "empty": (
            (
                f"You passed an empty string for '{param}'. We assume empty values are an attempt "
                f"to unset a parameter; however '{param}' cannot be unset."
            ),
            "parameter_invalid_empty",
        ),
        "choice": (f"Invalid {param}: must be one of {detail}", None),
        "integer": (f"Invalid integer: {detail}", "parameter_invalid_integer"),
        "boolean": (f"Invalid boolean: {detail}", None),
        "shape": (f"Invalid {detail}", None),
    }
    message, code = told[problem.trouble]
    return Refusal(message, code=code, param=param)
