"""A paper as it is set: its title, and from top to bottom what stands on it, in words only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the template needs; the same sheet makes the same bytes.

    `stamp` is written large behind the text of what does not stand; the text says it too, since
    not everyone sees it.  `size` is a paper size by typst's name.
    """

    title: str
    author: str
    language: str
    size: str
    stamp: str
    head: tuple[str, ...]
    blocks: tuple[Block, ...]
    foot: str

    def plain(self) -> dict[str, Any]:
        """The sheet as values for JSON."""
        return asdict(self)


def heading(text: str) -> Block:
    """A heading under the title."""
    return {"kind": "heading", "text": text}


def text(words: str) -> Block:
    """A paragraph."""
    return {"kind": "text", "text": words}


def notice(words: str) -> Block:
    """A paragraph nobody should miss."""
    return {"kind": "notice", "text": words}


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
) -> Block:
    """A table with a row of column heads; `right` are the columns of figures."""
    return {
        "kind": "table",
        "head": list(head),
        "rows": [list(row) for row in rows],
        "right": [number in right for number in range(len(head))],
    }
