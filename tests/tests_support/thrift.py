"""Does once for all tests what every application would do anew, and nothing a test looks at.

Most tests make an application of their own.  Three quarters of that time went into compiling the
same addresses and the same templates again.
"""

from __future__ import annotations

import tempfile

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

_compile_builder = Rule._compile_builder
_compiled = {}


def _once(rule, append_unknown=True):
    """A rule's builder is a function of its parts; it is bound to the rule by who asks for it."""
    key = tuple(rule._trace), append_unknown, repr(rule.defaults)
    if key not in _compiled:
        _compiled[key] = _compile_builder(rule, append_unknown)
    return _compiled[key]


def install():
    Rule._compile_builder = _once
    folder = tempfile.mkdtemp(prefix="templates-")
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(folder)}
