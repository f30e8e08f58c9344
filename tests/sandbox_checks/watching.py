"""Notes which parameters of a request the sandbox's code ever asks for."""

from __future__ import annotations

from contextlib import contextmanager
from unittest import mock

from donations.sandbox.annotations import form


class Watched(dict):
    """The parameters of one request; `asked` gains the name of each one looked at."""

    def __init__(self, values, asked):
        super().__init__(values)
        self._asked = asked

    def __getitem__(self, name):
        self._asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self._asked.add(name)
        return super().__contains__(name)

    def get(self, name, default=None):
        self._asked.add(name)
        return super().get(name, default)

    def __iter__(self):
        """Going through all of them is looking at those that are there."""
        for name in super().__iter__():
            self._asked.add(name)
            yield name

    def keys(self):
        return [*self]

    def items(self):
        return [(name, self[name]) for name in self]

    def values(self):
        return [self[name] for name in self]

    def __or__(self, other):
        return dict(self.items()) | dict(other)

    def __ror__(self, other):
        return dict(other) | dict(self.items())


@contextmanager
def watching():
    """Yields `{parameter class: names asked for}`, filled while requests are served."""
    asked = {}
    read = form.read

    def noting(params, body):
        return Watched(read(params, body), asked.setdefault(params, set()))

    with mock.patch.object(form, "read", noting):
        yield asked
