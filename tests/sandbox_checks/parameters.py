"""The parameters an SDK class declares, nested ones as dotted paths."""

from __future__ import annotations

import functools
from typing import get_args, get_origin

from donations.sandbox.annotations.reading import (
    alternatives,
    bare,
    fields_of,
    is_parameters,
    parameters,
)


@functools.cache
def names_of(params):
    """Every parameter of a class of `stripe.params`, such as `CustomerCreateParams`."""
    return frozenset(_paths(parameters(params), "", ()))


def _paths(owner, above, seen):
    for name, kind in fields_of(owner).items():
        yield above + name
        yield from _inside(kind, f"{above}{name}.", seen)


def _inside(kind, above, seen):
    for arm in alternatives(bare(kind)[0]):
        if is_parameters(arm) and arm not in seen:
            yield from _paths(arm, above, (*seen, arm))
        elif get_origin(arm) is list:
            yield from _inside(get_args(arm)[0], above, seen)
