"""What a closed month is known by beyond its entries: frozen when it closes, never changed.

A pack is made of these facts and of the entries up to `last_number`, and of nothing else: neither
settings, nor translations, nor the states of payouts and exceptions as they are today.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from donations.closing.cells import frozen_row, thawed_row
from donations.kernel.months import Month
from donations.ledger.codes import Codes
from donations.reports.table import Column, Question, Section, Shape

if TYPE_CHECKING:
    from donations.reports.table import Definition

FORMAT: Final = 1
"""The form of packs made now; one more whenever their files are laid out otherwise."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was explained, by whom, so that the month could close: `about` names the step."""

    about: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """A report as it stands in the pack, in English.

    The rows of a `derived` one are none: they are asked of the books again.
    """

    number: int
    name: str
    title: str
    definition: str
    sections: tuple[Section, ...]
    derived: bool

    @classmethod
    def of(cls, definition: Definition, sections: tuple[Section, ...]) -> Schedule:
        """A report's words and tables."""
        return cls(
            number=definition.number,
            name=definition.name,
            title=str(definition.title),
            definition=str(definition.definition),
            sections=sections,
            derived=not definition.frozen,
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """`closed_at` is UTC; `codes` are the newsroom's own; `currencies` those its entries are in."""

    newsroom: str
    month: Month
    zone: str
    currencies: tuple[str, ...]
    fiscal_year_start: int
    codes: dict[str, str]
    program: str
    closed_by: str
    closed_at: datetime
    last_number: int
    said: tuple[Said, ...]
    schedules: tuple[Schedule, ...]
    proofs: Section

    @property
    def question(self) -> Question:
        """What every schedule answers."""
        return Question(
            first=self.month,
            last=self.month,
            as_of=self.last_number,
            zone=ZoneInfo(self.zone),
            codes=Codes.build(self.codes),
            fiscal_year_start=self.fiscal_year_start,
            now=self.closed_at,
        )

    def packed(self) -> bytes:
        """The facts for the database: canonical JSON, compressed."""
        return zlib.compress(canonical(_as_json(self)))


def unpacked(kept: bytes) -> Facts:
    """The facts that were packed."""
    found = json.loads(zlib.decompress(kept))
    plain = ("newsroom", "zone", "fiscal_year_start", "codes", "program", "closed_by")
    return Facts(
        **{name: found[name] for name in plain},
        month=Month.parse(found["month"]),
        currencies=tuple(found["currencies"]),
        closed_at=datetime.fromisoformat(found["closed_at"]),
        last_number=found["last_number"],
        said=tuple(Said(*one) for one in found["said"]),
        schedules=tuple(_schedule(one) for one in found["schedules"]),
        proofs=_section(found["proofs"]),
    )


def canonical(value: Any) -> bytes:  # noqa: ANN401 - JSON
    """JSON with one way to be written: sorted names, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _as_json(facts: Facts) -> dict[str, Any]:
    return {
        "newsroom": facts.newsroom,
        "month": str(facts.month),
        "zone": facts.zone,
        "currencies": facts.currencies,
        "fiscal_year_start": facts.fiscal_year_start,
        "codes": facts.codes,
        "program": facts.program,
        "closed_by": facts.closed_by,
        "closed_at": facts.closed_at.isoformat(),
        "last_number": facts.last_number,
        "said": [[one.about, one.text, one.by] for one in facts.said],
        "schedules": [
            {
                "number": one.number,
                "name": one.name,
                "title": one.title,
                "definition": one.definition,
                "derived": one.derived,
                "sections": [_kept(section, bare=one.derived) for section in one.sections],
            }
            for one in facts.schedules
        ],
        "proofs": _kept(facts.proofs, bare=False),
    }


def _kept(section: Section, *, bare: bool) -> dict[str, Any]:
    return {
        "name": section.name,
        "title": str(section.title),
        "columns": [
            [column.key, str(column.title), column.shape.value, column.words]
            for column in section.columns
        ],
        "rows": [] if bare else [frozen_row(row) for row in section.rows],
    }


def _schedule(kept: dict[str, Any]) -> Schedule:
    sections = tuple(_section(one) for one in kept["sections"])
    return Schedule(**{**kept, "sections": sections})


def _section(kept: dict[str, Any]) -> Section:
    columns = tuple(
        Column(key, title, Shape(shape), words) for key, title, shape, words in kept["columns"]
    )
    return Section(kept["name"], kept["title"], columns, [thawed_row(row) for row in kept["rows"]])
