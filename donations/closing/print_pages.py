"""The pack on paper: a cover, the definitions, the tables that fit, and the proofs, as a PDF.

Set by typst, a compiler of its own inside a wheel, from `pack.typ`.  The data are values to it,
never markup.  Fonts are those it brings along, so that every machine sets the same pages.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typst

from donations.closing.workbook import cover
from donations.kernel.money import Money
from donations.reports.table import Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from donations.closing.facts import Facts
    from donations.closing.tables import Table
    from donations.reports.table import Cell, Column

_TEMPLATE: Final = Path(__file__).with_name("pack.typ")
_FIGURES: Final = {Shape.MONEY, Shape.DIFFERENCE, Shape.COUNT, Shape.RATE, Shape.PERCENT}
_LONG: Final = re.compile(r"(\S{12})(?=\S)")  # ids may break there: a row must fit the page
_ACCESSIBLE: Final = ("ua-1",)


def pdf(facts: Facts, tables: Sequence[Table], proofs: Table) -> bytes:
    """The pages; the same facts and tables make the same bytes.

    They follow PDF/UA-1, unless a text needs a letter the fonts lack, which that norm forbids.
    """
    data = {
        "title": f"{facts.newsroom}: month-end pack of {facts.month}",
        "newsroom": facts.newsroom,
        "month": f"{facts.month.first_day:%B %Y}",
        "cover": cover(facts),
        "definitions": [[str(one.number), one.title, one.definition] for one in facts.schedules],
        "tables": [_table(table) for table in tables],
        "proofs": _table(proofs),
    }
    try:
        return _set(data, facts.closed_at, list(_ACCESSIBLE))
    except typst.TypstError:
        return _set(data, facts.closed_at, [])


def _set(data: dict[str, Any], at: datetime, standards: list[Any]) -> bytes:
    return typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=standards,
        timestamp=int(at.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _table(table: Table) -> dict[str, Any]:
    columns = table.section.columns
    return {
        "title": f"{table.number}. {table.section.title}" if table.number else table.section.title,
        "columns": [str(column.title) for column in columns],
        "right": [column.shape in _FIGURES for column in columns],
        "wide": len(columns) > 13,  # noqa: PLR2004 - what fits a landscape page in small letters
        "rows": [
            {"strong": row.strong, "cells": _cells(row.cells, columns)} for row in table.shown
        ],
        "count": table.filed.rows,
        "whole": table.whole,
        "file": table.filed.name,
        "sha256": table.filed.sha256,
    }


def _cells(cells: Sequence[Cell], columns: Sequence[Column]) -> list[dict[str, Any]]:
    return [
        {"text": _text(cell, column), "wrong": column.shape is Shape.DIFFERENCE and bool(cell)}
        for cell, column in zip(cells, columns, strict=True)
    ]


def _text(cell: Cell, column: Column) -> str:
    match cell:
        case None:
            return ""
        case Money():
            return f"{cell.decimal:,}"
        case Decimal():
            return format(cell, "f")
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case date():
            return cell.isoformat()
    text = str(cell).replace("_", " ") if column.shape is Shape.WORD else str(cell)
    return _LONG.sub("\\1\u200b", text)
