"""What is chosen on the form of the ask, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from donations.kernel.cadence import Frequency

if TYPE_CHECKING:
    from donations.web.public.fund_choice import FundView
    from donations.web.public.promo_view import PromoView


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen on the form, as sent or as prefilled by a link; empty means the suggestion."""

    frequency: Frequency = Frequency.MONTHLY
    chosen: Mapping[Frequency, str] = field(default_factory=dict)
    typed: Mapping[Frequency, str] = field(default_factory=dict)
    attempt: str = ""
    placement: str = "support"
    fund: FundView | None = None
    promo: PromoView | None = None
    promo_over: bool = False
    unfinished: bool = False
    unfinished_email: str = ""
    reminder: str = ""


@dataclass(frozen=True, slots=True)
class FieldError:
    """A message and the field it belongs to, for the summary on top."""

    field: str
    message: str
