"""HTML with its style at each element, worked out once for all letters that differ only in facts.

Writing the style sheet into the elements means parsing the whole letter.  So a letter is rendered
with a mark in the place of each fact that is text; what that gives is the same for thousands of
letters, and only for the first of them is the style written in.  Afterwards the facts take the
places of their marks, escaped as the inliner's own serialiser would have.

A template may compare a fact, test it or print it; a filter that looks inside it would see a mark.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from css_inline import CSSInliner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MOST_KEPT: Final = 128
# From Unicode's private use area.  The quote between them comes back as it stands in a text and as
# an entity in an attribute, which tells where the fact is.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK: Final = re.compile(f'{_OPEN}(\\d+)(?:"|(&quot;)){_CLOSE}')
# What the serialiser of HTML escapes (HTML Living Standard, 13.3).
_IN_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;"})
_IN_ATTRIBUTE: Final = str.maketrans({"&": "&amp;", '"': "&quot;", "\xa0": "&nbsp;"})

_Piece = tuple[str, int, "dict[int, str]"]


class _Mark(str):
    """Stands for a fact: printed as a mark, compared and tested as the fact itself."""

    __slots__ = ("_fact", "_shown")

    _fact: str
    _shown: str

    @classmethod
    def of(cls, number: int, fact: str) -> _Mark:
        mark = cls(f'{_OPEN}{number}"{_CLOSE}')
        mark._fact = fact
        mark._shown = f"{_OPEN}{number}&#34;{_CLOSE}"
        return mark

    def __html__(self) -> str:
        return self._shown

    def __eq__(self, other: object) -> bool:
        return self._fact == other

    def __ne__(self, other: object) -> bool:
        return self._fact != other

    def __hash__(self) -> int:
        return hash(self._fact)

    def __bool__(self) -> bool:
        return bool(self._fact)


class Skeletons:
    """Letters with their style written in, by what they look like without their facts."""

    def __init__(self) -> None:
        self._inliner = CSSInliner(
            keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False
        )
        self._kept: dict[str, tuple[_Piece, ...] | None] = {}

    def dressed(
        self, render: Callable[[Mapping[str, object]], str], facts: Mapping[str, object]
    ) -> str:
        """What `render` makes of `facts`, with the style sheet written into its elements."""
        texts = [value for value in facts.values() if type(value) is str]
        numbers = iter(range(len(texts)))
        marked = {
            name: _Mark.of(next(numbers), value) if type(value) is str else value
            for name, value in facts.items()
        }
        bare = render(marked)
        if bare not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[bare] = _pieces(self._inliner.inline(bare))
        pieces = self._kept.get(bare)
        if pieces is None:  # a mark stood where it cannot be found again
            return self._inliner.inline(render(facts))
        return "".join(
            before if number < 0 else before + texts[number].translate(escapes)
            for before, number, escapes in pieces
        )


def _pieces(html: str) -> tuple[_Piece, ...] | None:
    """The letter cut at its marks, each piece with the fact that follows it."""
    pieces: list[_Piece] = []
    end = 0
    for mark in _MARK.finditer(html):
        escapes = _IN_ATTRIBUTE if mark[2] else _IN_TEXT
        pieces.append((html[end : mark.start()], int(mark[1]), escapes))
        end = mark.end()
    pieces.append((html[end:], -1, _IN_TEXT))
    return None if any(_OPEN in piece[0] for piece in pieces) else tuple(pieces)
