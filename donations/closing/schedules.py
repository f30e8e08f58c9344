"""The schedules of a pack: frozen while a month closes, and made again for every pack."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from donations.closing.cells import frozen_row, thawed_row
from donations.closing.facts import Schedule
from donations.kernel.errors import DonationsError, NotFound
from donations.reports.catalogue import REPORTS, report_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from donations.closing.facts import Facts
    from donations.reports.table import Definition, Question, Row, Section


class Unreproducible(DonationsError):
    """A schedule that is asked of the books again, and this release has no such report any more."""


def schedules_now(
    session: Session, question: Question, reports: Iterable[Definition] = REPORTS
) -> tuple[Schedule, ...]:
    """Every report that belongs in the pack, as it stands now."""
    return tuple(
        Schedule.of(definition, definition.build(session, question).sections)
        for definition in reports
        if definition.in_pack
    )


def schedules_of(session: Session, facts: Facts) -> Iterator[Schedule]:
    """The schedules of a closed month: the frozen ones as they were, the others asked again.

    Their rows may be read more than once.  Raises `Unreproducible`.
    """
    for schedule in facts.schedules:
        if not schedule.derived:
            yield schedule
            continue
        sections = tuple(
            replace(section, rows=_Derived(session, facts.question, schedule.name, section))
            for section in schedule.sections
        )
        yield replace(schedule, sections=sections)


@dataclass(frozen=True, slots=True)
class _Derived:
    """Rows that are read from the books each time they are looked at."""

    session: Session
    question: Question
    report: str
    section: Section

    def __iter__(self) -> Iterator[Row]:
        try:
            found = report_named(self.report).build(self.session, self.question)
        except NotFound:
            raise Unreproducible(self.report) from None
        for section in found.sections:
            if section.name == self.section.name:
                # the same plain values as a frozen row has, whatever the report gives
                yield from (thawed_row(frozen_row(row)) for row in section.rows)
