"""A mailing service in memory, and what it may answer."""

from __future__ import annotations

from donations.kernel.errors import GivenUp, TryAgainLater
from donations.newsletters.audiences.audience import Place, Reader


class FakeAudience:
    """A mailing service in memory; `during` is run in the middle of the next call."""

    service = "fake"
    newsletters = frozenset({"weekly", "morning"})

    def __init__(self, *, foresees=True):
        self.inside, self.calls, self.gone = {}, [], []
        self.failure = self.during = None
        self.foresees = foresees

    def foreseen(self, email):
        return f"id-{email}" if self.foresees else None

    def put(self, reader, remote):
        assert isinstance(reader, Reader)
        self._happen(("put", reader.newsletter))
        name = remote or f"id-{reader.email}"
        self.inside[name, reader.newsletter] = reader.language
        return name

    def take_out(self, place):
        assert isinstance(place, Place)
        self._happen(("take_out", place.newsletter))
        self.inside.pop((place.remote, place.newsletter), None)

    def left(self, newsletter, since):
        self.calls.append(("left", newsletter, since))
        return iter([email for email, of in self.gone if of == newsletter])

    def _happen(self, what):
        self.calls.append(what)
        during, self.during = self.during, None
        if during is not None:
            during()
        if self.failure is not None:
            raise self.failure


REFUSALS = {"busy": TryAgainLater("busy"), "never": GivenUp("never")}
