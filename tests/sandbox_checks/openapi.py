"""Stripe's OpenAPI description as a judge of our answers, written by neither us nor the SDK."""

from __future__ import annotations

import re
from dataclasses import dataclass

_KINDS = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "array": list,
}
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Difference:
    """What an answer has that Stripe's schema does not allow.

    `path` begins at the innermost schema with a name (`refund amount`), so that an object has the
    same differences wherever it is expanded; `[]` stands for the items of a list.
    """

    schema: str
    path: str
    trouble: str
    detail: str = ""

    def __str__(self):
        return f"{self.schema or 'answer'} {self.path or '(itself)'} {self.trouble}"


class Description:
    """The parsed description: operations, their parameters, and schemas to hold answers against."""

    def __init__(self, document):
        self.schemas = document["components"]["schemas"]
        self.version = document["info"]["version"]
        self._operations = {
            (method.upper(), _shape(path)): operation
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in ("get", "post", "delete")
        }

    def has(self, method, rule):
        return (method, _shape(rule)) in self._operations

    def parameters(self, method, rule):
        """Every parameter an operation takes, nested ones as dotted paths; items of lists too."""
        operation = self._operations[method, _shape(rule)]
        found = {}
        for each in operation.get("parameters", ()):
            if each["in"] == "query":
                found[each["name"]] = each["schema"]
        body = operation.get("requestBody", {}).get("content", {})
        for form in body.values():
            found |= form["schema"].get("properties", {})
        return {path for name, schema in found.items() for path in self._paths(name, schema)}

    def answer(self, method, rule):
        """The schema of an operation's good answer."""
        operation = self._operations[method, _shape(rule)]
        return operation["responses"]["200"]["content"]["application/json"]["schema"]

    def refusal(self):
        """The schema of a refusal."""
        return self.schemas["error"]

    def events(self):
        """The names of the events an endpoint may listen to."""
        form = self._operations["POST", "/v1/webhook_endpoints"]["requestBody"]["content"][_FORM]
        return frozenset(form["schema"]["properties"]["enabled_events"]["items"]["enum"])

    def named(self, kind):
        """The schemas an object of `kind` may fit: its own, and the stub of a deleted one."""
        return [
            {"$ref": f"#/components/schemas/{name}"}
            for name in (kind, f"deleted_{kind}")
            if name in self.schemas
        ]

    def problems(self, schema, value):
        """The differences between a value and a schema; empty when it fits."""
        return list(self._against(schema, value, ("", "")))

    def _paths(self, name, schema):
        yield name
        for arm in (schema, *schema.get("anyOf", ())):
            inner = arm.get("items", arm)
            for each in (inner, *inner.get("anyOf", ())):
                for nested, its in each.get("properties", {}).items():
                    yield from self._paths(f"{name}.{nested}", its)

    def _against(self, schema, value, place):
        if value is None:
            if not schema.get("nullable"):
                yield Difference(*place, "null")
        elif "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            yield from self._against(self.schemas[name], value, (name, ""))
        elif "anyOf" in schema:
            yield from self._closest(schema["anyOf"], value, place)
        else:
            yield from self._plain(schema, value, place)

    def _closest(self, arms, value, place):
        """The differences from the arm that fits best."""
        tried = [list(self._against(arm, value, place)) for arm in self._candidates(arms, value)]
        yield from min(tried, key=lambda found: (any(not d.path for d in found), len(found)))

    def _candidates(self, arms, value):
        if isinstance(value, dict) and "object" in value:
            named = [arm for arm in arms if self._is_of(arm, value)]
            return named or arms
        return arms

    def _is_of(self, arm, value):
        schema = self.schemas[arm["$ref"].rsplit("/", 1)[1]] if "$ref" in arm else arm
        kinds = schema.get("properties", {}).get("object", {}).get("enum", ())
        stub = "deleted" in schema.get("properties", {})
        return value["object"] in kinds and stub is bool(value.get("deleted"))

    def _plain(self, schema, value, place):
        kind = schema.get("type")
        if kind and not _is_a(kind, value):
            yield Difference(*place, "kind", f"{kind}, not {type(value).__name__}")
        elif "enum" in schema and value not in schema["enum"]:
            yield Difference(*place, "choice", str(value))
        elif kind == "string":
            yield from _text(schema, value, place)
        elif kind == "array":
            for item in value:
                yield from self._against(schema["items"], item, (place[0], f"{place[1]}[]"))
        elif kind == "object":
            yield from self._object(schema, value, place)

    def _object(self, schema, value, place):
        fields = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                yield Difference(*_under(place, name), "missing")
        others = schema.get("additionalProperties", not fields)
        for name, inner in value.items():
            if name in fields:
                yield from self._against(fields[name], inner, _under(place, name))
            elif isinstance(others, dict):
                yield from self._against(others, inner, _under(place, name))
            elif not others:
                yield Difference(*_under(place, name), "unknown")


def _shape(path):
    """A path with its ids unnamed, in Flask's or in OpenAPI's writing."""
    return re.sub(r"<\w+>|\{\w+\}", "{}", path)


def _under(place, name):
    schema, path = place
    return schema, f"{path}.{name}" if path else name


def _is_a(kind, value):
    return isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _text(schema, value, place):
    if len(value) > schema.get("maxLength", len(value)):
        yield Difference(*place, "long", str(len(value)))
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield Difference(*place, "pattern", value)
