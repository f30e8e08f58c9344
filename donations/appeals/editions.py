"""Publishing the newsroom's words and finding the edition in force."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from donations.appeals.models import Edition
from donations.appeals.offers import check_offers
from donations.kernel.errors import MisconfiguredError, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

SAMPLE: Final = Path(__file__).parent / "sample"
_SECTIONS: Final = ("appeal", "article", "read_more")


def current_version(session: Session) -> int:
    """The version in force; 0 before anything was published."""
    return session.scalar(select(func.max(Edition.version))) or 0


def current_edition(session: Session, language: str) -> Edition:
    """The edition in force in a language.  Raises `NotFound` before anything was published."""
    found = (
        select(Edition)
        .where(Edition.language == language)
        .order_by(Edition.version.desc())
        .limit(1)
    )
    edition = session.scalar(found)
    if edition is None:
        raise NotFound
    return edition


def publish(session: Session, contents: Mapping[str, Mapping[str, Any]], *, now: datetime) -> int:
    """Publish all languages together under the next version; the caller commits."""
    version = current_version(session) + 1
    for language, content in contents.items():
        session.add(
            Edition(version=version, language=language, content=dict(content), published_at=now)
        )
    session.flush()
    return version


def read_folder(folder: Path, languages: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Read `<language>.toml` for each language.  Raises `MisconfiguredError` naming the fault."""
    return {language: _read(folder / f"{language}.toml") for language in languages}


def _read(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        message = f"{path.name}: {error}"
        raise MisconfiguredError(message) from error
    missing = [section for section in _SECTIONS if section not in content]
    if missing:
        message = f"{path.name}: missing {', '.join(missing)}"
        raise MisconfiguredError(message)
    try:
        check_offers(content)
    except MisconfiguredError as error:
        message = f"{path.name}: {error}"
        raise MisconfiguredError(message) from error
    plain: dict[str, Any] = json.loads(json.dumps(content, default=str))  # days as ISO text
    return plain
