"""The newsroom's words as the templates read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from donations.kernel.wording import day_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class AppealView:
    """The letter."""

    banner: str
    headline: str
    salutation: str
    paragraphs: tuple[str, ...]
    signature: str


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph, a heading or a quotation."""

    kind: str
    text: str
    cite: str


@dataclass(frozen=True, slots=True)
class ArticleView:
    """The article."""

    headline: str
    standfirst: str
    byline: str
    published: str
    paragraphs: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Further:
    """Something else to read."""

    kicker: str
    title: str
    url: str


def appeal_view(content: Mapping[str, Any], *, minimum: str) -> AppealView:
    """The letter, with the smallest monthly amount in its place."""
    return AppealView(
        banner=content["banner"],
        headline=content["headline"],
        salutation=content["salutation"],
        paragraphs=tuple(text.replace("{minimum}", minimum) for text in content["paragraphs"]),
        signature=content["signature"],
    )


def article_view(content: Mapping[str, Any], language: str) -> ArticleView:
    """The article, its day written out."""
    return ArticleView(
        headline=content["headline"],
        standfirst=content["standfirst"],
        byline=content["byline"],
        published=day_text(date.fromisoformat(content["published"]), language),
        paragraphs=tuple(
            Part(part["kind"], part["text"], part.get("cite", "")) for part in content["body"]
        ),
    )


def read_more_view(items: Sequence[Mapping[str, str]]) -> tuple[Further, ...]:
    """What else to read."""
    return tuple(Further(item["kicker"], item["title"], item.get("url", "#")) for item in items)
