"""The newsletters an edition offers, in whichever shape it was published.

Editions name them in `[[newsletters]]`, each with `[newsletters.issue]`.  Those published before
there could be several have one `[newsletter]` and one `[issue]`; they are read as a list of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from donations.kernel.errors import MisconfiguredError, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST: Final = 10
_WORDS: Final = ("slug", "name", "description", "frequency")
_ISSUE_WORDS: Final = ("title", "date", "intro", "signature", "items")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_LONGEST_SLUG: Final = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """One newsletter as it is offered, with a sample issue."""

    slug: str
    name: str
    description: str
    frequency: str
    issue: Mapping[str, Any] = field(repr=False)


def offers(content: Mapping[str, Any]) -> tuple[Offer, ...]:
    """What an edition offers, in its own order; the first stands beside the appeal."""
    return tuple(
        Offer(
            slug=part["slug"],
            name=part["name"],
            description=part["description"],
            frequency=part["frequency"],
            issue=part["issue"],
        )
        for part in _parts(content)
    )


def offer(content: Mapping[str, Any], slug: str) -> Offer:
    """The newsletter called `slug`.  Raises `NotFound`."""
    for each in offers(content):
        if each.slug == slug:
            return each
    raise NotFound


def check_offers(content: Mapping[str, Any]) -> None:
    """Raises `MisconfiguredError` that names what a newsletter lacks."""
    parts = _parts(content)
    if not 1 <= len(parts) <= MOST:
        message = f"from one to {MOST} newsletters are needed"
        raise MisconfiguredError(message)
    for part in parts:
        _check(part)
    slugs = [part["slug"] for part in parts]
    if len(set(slugs)) != len(slugs):
        message = f"two newsletters have one slug: {', '.join(slugs)}"
        raise MisconfiguredError(message)


def _parts(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "newsletters" in content:
        return list(content["newsletters"])
    if "newsletter" in content and "issue" in content:
        return [{**content["newsletter"], "issue": content["issue"]}]
    return []


def _check(part: Mapping[str, Any]) -> None:
    slug = str(part.get("slug", ""))
    missing = [word for word in (*_WORDS, "issue") if not part.get(word)]
    missing += [
        f"issue.{word}" for word in _ISSUE_WORDS if not dict(part.get("issue") or {}).get(word)
    ]
    if missing:
        message = f"newsletter {slug or '?'}: missing {', '.join(missing)}"
        raise MisconfiguredError(message)
    if len(slug) > _LONGEST_SLUG or not _SLUG.fullmatch(slug):
        message = f"newsletter {slug}: a slug is small letters, digits and single hyphens"
        raise MisconfiguredError(message)
