"""The newsletters on offer now, and their names, also where one is no longer offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g

from donations.appeals.editions import current_edition
from donations.appeals.offers import Offer, offers
from donations.kernel.errors import NotFound
from donations.web.house import house

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session


def offered(session: Session, language: str | None = None) -> tuple[Offer, ...]:
    """What the edition in force offers in a language, this page's if none is named."""
    return offers(current_edition(session, language or g.language).content)


def one_offered(session: Session, slug: str) -> Offer:
    """One newsletter, in this page's language if it is offered there.  Raises `NotFound`."""
    for each in offered_or_held(session, g.language, {slug}):
        if each.slug == slug and each.issue:
            return each
    raise NotFound


def offered_or_held(session: Session, language: str, held: Collection[str]) -> tuple[Offer, ...]:
    """What is offered in a language, then what of `held` is offered in others only, or nowhere."""
    shelf = {each.slug: each for each in offered(session, language)}
    for other in house().newsroom.languages:
        for each in _offered_if_published(session, other):
            if each.slug in held:
                shelf.setdefault(each.slug, each)
    for slug in sorted(set(held) - shelf.keys()):
        shelf[slug] = Offer(slug, name=slug, description="", frequency="", issue={})
    return tuple(shelf.values())


def names_of(session: Session, language: str, slugs: Sequence[str]) -> list[str]:
    """The newsletters' names in a language; what nobody offers any more is named by its slug."""
    names = {each.slug: each.name for each in offered_or_held(session, language, slugs)}
    return [names[slug] for slug in slugs]


def _offered_if_published(session: Session, language: str) -> tuple[Offer, ...]:
    try:
        return offered(session, language)
    except NotFound:
        return ()
