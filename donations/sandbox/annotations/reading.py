"""Reads the fields of the SDK's classes: parameter `TypedDict`s and `StripeObject` answers.

The annotations are strings and forward references, some to names imported only for type checkers.
Both are resolved here, one class at a time, when first asked for.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import types
import typing
from typing import Any, ClassVar, get_args, get_origin

from stripe._object_classes import OBJECT_CLASSES
from stripe._request_options import RequestOptions

_OPTIONS = frozenset(RequestOptions.__annotations__)


@functools.cache
def parameters(name: str) -> type:
    """The parameter class called `name`, such as `CustomerCreateParams` or `checkout.Session…`."""
    package, _, simple = name.rpartition(".")
    module = importlib.import_module(".".join(filter(None, ("stripe.params", package))))
    found: type = getattr(module, simple)
    return found


@functools.cache
def resource(kind: str) -> type:
    """The answer class of an object kind: `charge` is `stripe.Charge`.  Raises `KeyError`."""
    module, simple = OBJECT_CLASSES[kind]
    found: type = getattr(importlib.import_module(module), simple)
    return found


@functools.cache
def fields_of(owner: type) -> dict[str, Any]:
    """The declared fields of one SDK class with their resolved types, in the SDK's order."""
    declared = {
        name: note
        for name, note in vars(owner).get("__annotations__", {}).items()
        if not name.startswith("_") and "ClassVar" not in str(note)
    }
    if is_parameters(owner):
        declared = {name: note for name, note in declared.items() if name not in _OPTIONS}
    bearer = types.SimpleNamespace(__annotations__=declared)
    return typing.get_type_hints(
        bearer, _names_of(owner.__module__), dict(vars(owner)), include_extras=True
    )


def is_parameters(kind: Any) -> bool:  # noqa: ANN401 - a type or any typing construct
    """Whether `kind` is one of the SDK's parameter classes (a `TypedDict`)."""
    return isinstance(kind, type) and hasattr(kind, "__required_keys__")


def bare(kind: Any) -> tuple[Any, bool]:  # noqa: ANN401
    """`kind` without its `NotRequired`/`Required` wrapper, and whether it may be left out."""
    wrapper = get_origin(kind)
    if wrapper is typing.NotRequired or "NotRequired" in str(wrapper):
        return get_args(kind)[0], True
    if "Required" in str(wrapper):
        return get_args(kind)[0], False
    return kind, False


@functools.cache
def alternatives(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """The arms of a union, or `kind` alone.

    The SDK writes an enumeration as `Union[Literal["a", "b"], str]`, open to values to come; the
    sandbox closes it.  `Union[Literal[""], str]` stays: there the empty string unsets a field.
    """
    if get_origin(kind) not in (typing.Union, types.UnionType):
        return (kind,)
    arms = get_args(kind)
    closed = any(get_origin(arm) is typing.Literal and any(get_args(arm)) for arm in arms)
    return tuple(arm for arm in arms if not (closed and arm is str))


@functools.cache
def _names_of(module_name: str) -> dict[str, Any]:
    """What annotations in a module may name, its imports under `TYPE_CHECKING` included."""
    module = importlib.import_module(module_name)
    names: dict[str, Any] = {**vars(typing), "ClassVar": ClassVar, **vars(module)}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            for imported in (each for each in node.body if isinstance(each, ast.ImportFrom)):
                source = importlib.import_module(imported.module or "")
                for name in imported.names:
                    names[name.asname or name.name] = getattr(source, name.name)
    return names
