"""Rows as plain values that become JSON: times in ISO 8601, amounts in minor units."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from donations.giving.models import Amounted
    from donations.kernel.database import Base


def amount_of(row: Amounted) -> dict[str, Any]:
    """A row's amount and currency."""
    return {"amount_minor": row.amount_minor, "currency": row.currency}


def plain(row: Base, names: Iterable[str]) -> dict[str, Any]:
    """These columns of a row."""
    return {name: _value(getattr(row, name)) for name in names}


def _value(value: object) -> object:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
