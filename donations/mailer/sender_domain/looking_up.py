"""Asks for all of a domain's records, and stops asking once nobody answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.mailer.sender_domain.advice import Advice
from donations.mailer.sender_domain.dkim import dkim
from donations.mailer.sender_domain.dmarc import dmarc
from donations.mailer.sender_domain.resolving import CannotAsk
from donations.mailer.sender_domain.spf import spf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from donations.mailer.sender_domain.resolving import Resolver

_NEVER_REAL: Final = ("example", "test", "invalid", "localhost", "local")  # RFC 2606, RFC 6761


def looked_up(domain: str, selector: str, resolver: Resolver) -> Iterator[Advice]:
    """What to know of the sender's domain; it takes a single time-out if the DNS is away."""
    if domain.rpartition(".")[2].lower() in _NEVER_REAL:
        yield Advice(well=None, what=f"the sender’s domain: {domain} is not a real one")
        return
    try:
        yield spf(domain, resolver)
        yield dkim(domain, selector, resolver)
        yield from dmarc(domain, resolver)
    except CannotAsk as trouble:
        yield Advice(
            well=None,
            what=f"what the DNS says of {domain}: it could not be asked ({trouble})",
        )
