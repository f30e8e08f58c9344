"""Sealing anew, under the key of one supporter, what was sealed under that of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from donations.vault.sealed import Tampered, open_data_key, open_operational

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.orm import Session

    from donations.supporters.models import Supporter
    from donations.vault.keys import MasterKey


class Resealer:
    """From the key of `other` to the key of `keep`.  Raises `vault.sealed.Forgotten`."""

    def __init__(
        self, session: Session, master: MasterKey, keep: Supporter, other: Supporter
    ) -> None:
        self._session = session
        self._master = master
        self.old = open_data_key(session, master, other.data_key_id)
        self.new = open_data_key(session, master, keep.data_key_id)

    def reseal(self, table: Table, columns: Mapping[str, str], which: ColumnElement[bool]) -> None:
        """Seal the columns of some rows anew; each is named with what it is sealed as.

        Raises `Tampered` for what no key opens: it would be lost.
        """
        if not columns:
            return
        names = list(columns)
        rows = self._session.execute(
            select(table.c.id, *(table.c[name] for name in names)).where(which)
        ).all()
        for number, *values in rows:
            changed: dict[str, Any] = {}
            for name, sealed in zip(names, values, strict=True):
                anew = None if sealed is None else self._anew(columns[name], sealed)
                if anew is not None:
                    changed[name] = anew
            if changed:
                self._session.execute(update(table).where(table.c.id == number).values(changed))

    def _anew(self, sealed_as: str, sealed: bytes) -> bytes | None:
        """The value under the new key; None if it is under that, or the operational one, already.

        What came before a supporter was known, or while they were forgotten, is under the latter.
        """
        try:
            return self.new.seal(sealed_as, self.old.open(sealed_as, sealed))
        except Tampered:
            pass
        try:
            self.new.open(sealed_as, sealed)
        except Tampered:
            open_operational(self._master, sealed_as, sealed)
        return None
