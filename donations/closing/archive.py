"""ZIP files whose bytes depend on their contents alone: one date, one order, one way to pack."""

from __future__ import annotations

import shutil
import zipfile
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the first a ZIP file knows
_UNIX: Final = 3
_READABLE: Final = 0o644 << 16


def archive(folder: Path, out: IO[bytes], *, compressed: bool = True) -> None:
    """Write every file below `folder` to `out`, sorted by name."""
    files = sorted(
        (path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()
    )
    with zipfile.ZipFile(out, "w") as written:
        for name, path in files:
            about = zipfile.ZipInfo(name, _DATE)
            about.create_system, about.external_attr = _UNIX, _READABLE
            about.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
            about.file_size = path.stat().st_size
            with path.open("rb") as read, written.open(about, "w") as to:
                shutil.copyfileobj(read, to)


def unpack_plainly(packed: Path, folder: Path) -> list[str]:
    """Put what a ZIP file of our own making holds into `folder`; the names in their own order."""
    with zipfile.ZipFile(packed) as read:
        read.extractall(folder)
        return read.namelist()
