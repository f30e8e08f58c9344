"""Where templates and static files are: beside a checkout's package, or inside an installed one."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent


def asset_folder(name: str) -> Path:
    """The folder `name` ("templates" or "static")."""
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    return _PACKAGE / "_bundled" / name


def asset_versions(folder: Path) -> dict[str, str]:
    """A short digest of every file below `folder`, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
