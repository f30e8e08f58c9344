"""Asks the DNS for text records: quickly, or not at all."""

from __future__ import annotations

from typing import Final, Protocol

import dns.exception
import dns.resolver

from donations.kernel.errors import DonationsError

PATIENCE_SECONDS: Final = 2.0


class CannotAsk(DonationsError):
    """The DNS does not answer; what it would have said is not known."""


class Resolver(Protocol):
    """Knows text records."""

    def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of `name`, following aliases; none if it has none.

        Raises `CannotAsk`.
        """
        ...


class Dns:
    """The name servers of this machine."""

    def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of `name`.  Raises `CannotAsk` after two seconds."""
        try:
            asking = dns.resolver.Resolver()
            answer = asking.resolve(name, "TXT", lifetime=PATIENCE_SECONDS)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise CannotAsk(type(error).__name__) from None
        return tuple(
            b"".join(record.strings).decode("utf-8", "replace")
            for record in answer
            if hasattr(record, "strings")
        )
