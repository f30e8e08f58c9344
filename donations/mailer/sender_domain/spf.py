"""SPF (RFC 7208): which servers may send for a domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.mailer.sender_domain.advice import Advice

if TYPE_CHECKING:
    from donations.mailer.sender_domain.resolving import Resolver

MOST_LOOKUPS: Final = 10  # RFC 7208, 4.6.4
_COUNTED: Final = ("include", "a", "mx", "ptr", "exists")
_DEEPEST: Final = 10


def spf(domain: str, resolver: Resolver) -> Advice:
    """What SPF says of `domain`.  Raises `CannotAsk`."""
    records = _records(domain, resolver)
    if not records:
        return Advice(
            well=False,
            what=f"{domain} does not say who may send for it (SPF). Add the TXT record your mail"
            f' service tells you, such as "v=spf1 include:spf.your-service.example ~all"',
        )
    if len(records) > 1:
        return Advice(
            well=False,
            what=f"{domain} has {len(records)} SPF records, so none counts: keep one TXT record"
            " that begins with v=spf1 and name every service in it",
        )
    return _judged(domain, records[0], resolver)


def _judged(domain: str, record: str, resolver: Resolver) -> Advice:
    terms = record.lower().split()[1:]
    if "+all" in terms or "all" in terms:
        return Advice(
            well=False, what=f'the SPF record of {domain} lets anybody send: end it with "~all"'
        )
    lookups = _lookups(terms, resolver, {domain}, 0)
    if lookups > MOST_LOOKUPS:
        return Advice(
            well=False,
            what=f"the SPF record of {domain} needs {lookups} look-ups and only {MOST_LOOKUPS} are"
            " allowed, so it fails: leave out services you no longer use",
        )
    ends = {"-all", "~all", "?all"} & set(terms)
    if not ends and not any(term.startswith("redirect=") for term in terms):
        return Advice(
            well=False, what=f'the SPF record of {domain} does not end: add "~all" at its end'
        )
    return Advice(well=True, what=f"{domain} says who may send for it (SPF)")


def _records(domain: str, resolver: Resolver) -> list[str]:
    texts = resolver.texts(domain)
    return [text for text in texts if text.lower().split(maxsplit=1)[:1] == ["v=spf1"]]


def _lookups(terms: list[str], resolver: Resolver, seen: set[str], depth: int) -> int:
    """How often a receiver must ask, with everything that is included."""
    count = 0
    for term in terms:
        bare = term.lstrip("+-~?")
        name = bare.replace("=", ":").partition(":")[0].partition("/")[0]
        if name not in {*_COUNTED, "redirect"}:
            continue
        count += 1
        target = bare.replace("redirect=", "redirect:").partition(":")[2]
        if name in {"include", "redirect"} and target not in seen and depth < _DEEPEST:
            seen.add(target)
            for record in _records(target, resolver)[:1]:
                count += _lookups(record.lower().split()[1:], resolver, seen, depth + 1)
    return count
