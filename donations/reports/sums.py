"""Sums of postings for a report, and the conditions a question puts on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from donations.ledger.sums import DIMENSIONS, Sum, sums

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement

    from donations.reports.table import Question

__all__ = ("DIMENSIONS", "Sum", "before", "sums", "up_to", "within")


def within(question: Question) -> Callable[[Any], ColumnElement[bool]]:
    """The condition of a question's span and its narrower filters, but for its kind."""

    def condition(row: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a table's or query's columns
        found: ColumnElement[bool] = row.posted_on.between(question.first_day, question.last_day)
        if question.currency is not None:
            found &= row.currency == question.currency
        if question.fund is not None:
            found &= row.fund == question.fund
        return found

    return condition


def up_to(question: Question) -> Callable[[Any], ColumnElement[bool]]:
    """The condition of everything before the end of a question's span."""
    return lambda row: row.posted_on <= question.last_day


def before(question: Question) -> Callable[[Any], ColumnElement[bool]]:
    """The condition of everything before a question's span begins."""
    return lambda row: row.posted_on < question.first_day
