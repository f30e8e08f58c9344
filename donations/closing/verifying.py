"""Whether a pack that somebody kept is what the books still give."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Final

from donations.closing.manifest import NAME as MANIFEST
from donations.closing.manifest import digests
from donations.closing.models import ClosedMonth
from donations.closing.pack import build_pack
from donations.kernel.errors import DonationsError, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from donations.kernel.months import Month

_PIECE: Final = 1 << 20


class NoPack(DonationsError):
    """The file is no close pack."""


class Wrong(StrEnum):
    """In which way a file is not what it should be."""

    CHANGED = "changed"  # not what its own manifest says: somebody touched the file
    MISSING = "missing"
    STRANGE = "strange"  # in the pack, and no part of it
    OTHERWISE_NOW = "otherwise_now"  # the books, or this release, give something else
    NOT_THIS_PACK = "not_this_pack"  # the manifest is not the one kept when the month closed


@dataclass(frozen=True, slots=True)
class Fault:
    """One file that is not what it should be."""

    name: str
    wrong: Wrong


def verify(session: Session, month: Month, kept: IO[bytes]) -> list[Fault]:
    """What is wrong with the pack `kept` of a closed month; nothing, if it is whole and true.

    Raises `NoPack`, and `NotFound` while the month is open.
    """
    closed = session.get(ClosedMonth, month.first_day)
    if closed is None:
        raise NotFound
    manifest, own = _digests_of(kept)
    told = _told(manifest)
    with build_pack(session, month) as pack:
        now = {one.name: one.sha256 for one in pack.files}
    same = hashlib.sha256(manifest).hexdigest() == closed.pack_sha256
    return [
        *(() if same else (Fault(MANIFEST, Wrong.NOT_THIS_PACK),)),
        *_faults(told.keys() - own.keys(), Wrong.MISSING),
        *_faults(own.keys() - told.keys(), Wrong.STRANGE),
        *_faults(_unequal(told, own) & told.keys() & own.keys(), Wrong.CHANGED),
        *_faults(_unequal(told, now), Wrong.OTHERWISE_NOW),
    ]


def _faults(names: Iterable[str], wrong: Wrong) -> list[Fault]:
    return [Fault(name, wrong) for name in sorted(names)]


def _unequal(some: dict[str, str], others: dict[str, str]) -> set[str]:
    return {name for name in some.keys() | others.keys() if some.get(name) != others.get(name)}


def _told(manifest: bytes) -> dict[str, str]:
    try:
        return digests(manifest)
    except ValueError as error:
        raise NoPack(str(error)) from error


def _digests_of(kept: IO[bytes]) -> tuple[bytes, dict[str, str]]:
    """The manifest, and what every other file hashes to."""
    try:
        with zipfile.ZipFile(kept) as read:
            own = {}
            for name in read.namelist():
                if name != MANIFEST:
                    own[name] = _sha256(read, name)
            return read.read(MANIFEST), own
    except (zipfile.BadZipFile, KeyError) as error:
        message = "not a pack of a closed month"
        raise NoPack(message) from error


def _sha256(read: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with read.open(name) as one:
        while piece := one.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
