"""The manifest: whose month it is, as of what, what each file holds, and what it must hash to.

Its own SHA-256 stands for the whole pack: it is kept with the closed month and shown in the office.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from donations.closing.facts import FORMAT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from donations.closing.facts import Facts

NAME: Final = "MANIFEST.json"
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Filed:
    """One file of a pack; `rows` are those of a table, without its head."""

    name: str
    sha256: str
    size: int
    rows: int | None = None

    @classmethod
    def of(cls, folder: Path, name: str, rows: int | None = None) -> Filed:
        """The file called `name` in `folder`."""
        path = folder / name
        return cls(name, sha256_of(path), path.stat().st_size, rows)


def manifest(facts: Facts, files: Iterable[Filed], held: dict[str, list[str]]) -> bytes:
    """The manifest of `files`; `held` names those of each schedule."""
    said = [{"about": one.about, "text": one.text, "by": one.by} for one in facts.said]
    schedules = [
        {
            "number": one.number,
            "name": one.name,
            "title": one.title,
            "definition": one.definition,
            "from_the_books_again": one.derived,
            "files": held[one.name],
        }
        for one in facts.schedules
    ]
    written: dict[str, Any] = {
        "format": FORMAT,
        "newsroom": facts.newsroom,
        "month": str(facts.month),
        "time_zone": facts.zone,
        "currencies": list(facts.currencies),
        "as_of": {"at": facts.closed_at.isoformat(), "entry": facts.last_number},
        "closed_by": facts.closed_by,
        "program": f"donations {facts.program}",
        "explanations": said,
        "schedules": schedules,
        "files": [_filed(one) for one in sorted(files, key=lambda one: one.name)],
    }
    return (json.dumps(written, ensure_ascii=False, indent=2) + "\n").encode()


def digests(written: bytes) -> dict[str, str]:
    """What a manifest says each file must hash to.  Raises `ValueError` if it is none."""
    try:
        return {one["name"]: one["sha256"] for one in json.loads(written)["files"]}
    except (KeyError, TypeError) as error:
        message = "not a manifest"
        raise ValueError(message) from error


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as read:
        while piece := read.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _filed(one: Filed) -> dict[str, Any]:
    rows = {} if one.rows is None else {"rows": one.rows}
    return {"name": one.name, "sha256": one.sha256, "size": one.size, **rows}
