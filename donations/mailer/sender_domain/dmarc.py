"""DMARC (RFC 7489): what receivers shall do with letters that neither SPF nor DKIM vouches for.

One of the two must vouch for the very domain of From, or for its parent where the record does not
ask for exactness.  Letters are handed over with the same domain in their envelope, so SPF speaks of
it unless the mail service puts its own return address there; DKIM must therefore sign as it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.mailer.sender_domain.advice import Advice, tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from donations.mailer.sender_domain.resolving import Resolver


def dmarc(domain: str, resolver: Resolver) -> Iterator[Advice]:
    """What DMARC says of `domain`, by its own record or its parent's.  Raises `CannotAsk`."""
    place, record = _record(domain, resolver)
    if record is None:
        yield Advice(
            well=False,
            what=f"nothing says what to do with forged letters from {domain} (DMARC), and large"
            f" mailbox providers refuse such senders: add the TXT record _dmarc.{domain}"
            f' "v=DMARC1; p=none; rua=mailto:dmarc@{domain}", later with p=quarantine',
        )
        return
    policy = record.get("sp", record.get("p", "")) if place != domain else record.get("p", "")
    if policy.lower() not in {"none", "quarantine", "reject"}:
        yield Advice(
            well=False, what=f"the record _dmarc.{place} names no policy (DMARC): write p=none"
        )
        return
    yield Advice(well=True, what=f"{domain} has a policy for forged letters (DMARC, {policy})")
    yield _alignment(domain, record)


def _alignment(domain: str, record: dict[str, str]) -> Advice:
    strict = record.get("adkim", "r").lower() == "s"
    if strict:
        what = (
            f"letters must be signed as exactly {domain} (DMARC, adkim=s): check in a received"
            f' letter that DKIM-Signature has "d={domain}"'
        )
    else:
        what = (
            f"letters must be signed as {domain} or sent with its return address (DMARC): a"
            " received letter shows it as dmarc=pass"
        )
    return Advice(well=True, what=what)


def _record(domain: str, resolver: Resolver) -> tuple[str, dict[str, str] | None]:
    """The nearest record from `domain` upwards, and where it stands."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        place = ".".join(labels[start:])
        found = [
            tags(text)
            for text in resolver.texts(f"_dmarc.{place}")
            if text.replace(" ", "").lower().startswith("v=dmarc1")
        ]
        if found:
            return place, found[0]
    return domain, None
