"""Sets a sheet as a PDF that screen readers read and archives keep: PDF/UA-1 and PDF/A-2a.

The compiler itself enforces both norms.  Its clock is the moment given, its fonts those it brings
along, so that the same sheet makes the same bytes on every machine and on every day.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog
import typst

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

TEMPLATE: Final = 1
"""The template of papers issued from now on; older ones keep their own."""
_NORMS: Final = ("ua-1", "a-2a")
_UNSET: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "So", "Sk"})
_FOLDER: Final = Path(__file__).parent
_log: Final = structlog.get_logger("donations.receipts")


def printed(sheet: Mapping[str, Any], at: datetime, *, template: int = TEMPLATE) -> bytes:
    """The PDF of a sheet, dated `at` to the second.

    Letters no font has are forbidden by both norms; a paper that needs one is set without them.
    """
    try:
        return _compiled(sheet, at, template, list(_NORMS))
    except typst.TypstError:
        _log.warning("paper set outside the norms", template=template)
        return _compiled(sheet, at, template, [])


def digest(pdf: bytes) -> str:
    """The SHA-256 of a PDF, in hexadecimal digits."""
    return hashlib.sha256(pdf).hexdigest()


def settable(words: str) -> str:
    """Words as fonts can set them: composed, in one line, without pictures and hidden signs."""
    composed = unicodedata.normalize("NFC", words)
    kept = "".join(
        " " if sign.isspace() else sign
        for sign in composed
        if sign.isspace() or unicodedata.category(sign) not in _UNSET
    )
    return " ".join(kept.split())


def can_set(words: str) -> bool:
    """Whether the fonts have every letter of these words."""
    try:
        typst.compile(
            (_FOLDER / "letters.typ").read_bytes(),
            format="pdf",
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"words": words},
            pdf_standards=["ua-1"],
            timestamp=0,
        )
    except typst.TypstError:
        return False
    return True


def _compiled(
    sheet: Mapping[str, Any],
    at: datetime,
    template: int,
    norms: list[Any],
) -> bytes:
    return typst.compile(
        (_FOLDER / f"sheet_v{template}.typ").read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(sheet, ensure_ascii=False)},
        pdf_standards=norms,
        timestamp=int(at.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
