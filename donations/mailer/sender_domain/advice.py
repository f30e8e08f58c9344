"""One thing a domain's records say, and what to add where they say too little."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """`well` is None for what could not be asked; `what` is for whoever keeps the DNS."""

    well: bool | None
    what: str


def tags(record: str) -> dict[str, str]:
    """The `name=value;` pairs of a DKIM or DMARC record, names in lower case."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
