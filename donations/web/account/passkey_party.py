"""Whom passkeys made on these pages are for."""

from __future__ import annotations

from donations.kernel.errors import NotFound
from donations.supporters.relying_party import RelyingParty
from donations.web.house import house


def party() -> RelyingParty | None:
    """The site as its passkeys know it; None where browsers know none (plain HTTP, an onion).

    It has the neutral name the letters are from, for it stays on the reader's phone.
    """
    return RelyingParty.of(house().base_url, house().newsroom.mail_sender_name)


def party_here() -> RelyingParty:
    """As `party`.  Raises `NotFound` where there are no passkeys."""
    found = party()
    if found is None:
        raise NotFound
    return found
