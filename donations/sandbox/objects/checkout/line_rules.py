"""What the lines of a Checkout Session must be to stand together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import catalogue
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj

MOST_OF_A_KIND: Final = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line as asked for and found good; amounts in minor units of `currency`.

    `free` says that it costs nothing today, because a trial begins.
    """

    param: str
    quantity: int
    unit_amount: int
    currency: str
    recurring: Obj | None
    price: Obj | None
    price_data: Obj
    metadata: Obj
    free: bool

    @property
    def amount(self) -> int:
        """What the line comes to today."""
        return 0 if self.free else self.unit_amount * self.quantity


def check(lines: list[Wanted], mode: str, currency: str | None) -> None:
    """Raise the `Refusal` Stripe would for lines that do not go together."""
    _check_currencies(lines, currency)
    _check_mode(lines, mode)
    _check_total(lines)


def _check_currencies(lines: list[Wanted], expected: str | None) -> None:
    if expected:
        expected = catalogue.known_currency(expected, "currency")
        for line in lines:
            if line.currency != expected:
                raise Refusal(
                    f"The price specified only supports `{line.currency}`. This doesn't match the "
                    f"expected currency: `{expected}`.",
                    param=f"{line.param}[price]",
                )
    if len({line.currency for line in lines}) > 1:
        raise Refusal(
            "All prices on a Checkout Session must have the same currency.", param="line_items"
        )


def _check_mode(lines: list[Wanted], mode: str) -> None:
    rhythms = [line.recurring for line in lines if line.recurring]
    if mode == "payment" and rhythms:
        raise Refusal(
            "You specified `payment` mode but passed a recurring price. Either switch to "
            "`subscription` mode or use only one-time prices.",
            param="mode",
        )
    if mode == "subscription" and not rhythms:
        raise Refusal(
            "You must provide at least one recurring price in `subscription` mode when using "
            "prices.",
            param="mode",
        )
    if any(rhythm != rhythms[0] for rhythm in rhythms):
        raise Refusal(
            "Checkout does not support multiple prices with different billing intervals.",
            param="line_items",
        )
    kinds = (len(rhythms), len(lines) - len(rhythms))
    if mode == "subscription" and max(kinds) > MOST_OF_A_KIND:
        raise Refusal(
            f"A subscription takes at most {MOST_OF_A_KIND} recurring and as many one-time prices.",
            param="line_items",
        )


def _check_total(lines: list[Wanted]) -> None:
    inner = "[price]" if lines[0].price else "[price_data][unit_amount]"
    total = sum(line.amount for line in lines)
    if total:
        catalogue.check_amount(total, lines[0].currency, lines[0].param + inner)
