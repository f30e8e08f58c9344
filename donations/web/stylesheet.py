"""The readers' style sheet, made small once at start, to travel inside the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from donations.kernel.colour import Accent

_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE: Final = re.compile(r"\s+")
_AROUND: Final = re.compile(r"\s*([{};,])\s*")  # never around ":" or ">": selectors need it


def inline_stylesheet(path: Path, accent: Accent) -> str:
    """The sheet at `path` with the newsroom's colours before it, comments and spaces gone."""
    css = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    css = _AROUND.sub(r"\1", _SPACE.sub(" ", css)).replace(";}", "}")
    return accent.css + css.strip()
