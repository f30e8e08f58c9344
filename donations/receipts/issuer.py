"""Who issues receipts, and under whose tax law: one frozen value, told once by the newsroom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.kernel.newsroom import Newsroom

_EIN: Final = re.compile(r"[0-9]{2}-[0-9]{7}")
_PREFIX: Final = "receipt_"


def _lines(value: object) -> object:
    """The lines of an address, written in one with semicolons between them."""
    if isinstance(value, str):
        return tuple(line for line in (part.strip() for part in value.split(";")) if line)
    return value


Lines = Annotated[tuple[str, ...], BeforeValidator(_lines)]


class ReceiptIssuer(BaseModel):
    """The legal person that thanks for a gift.

    `regime` is whose wording receipts bear: `us_501c3`, `uk_charity`, or `generic`, which says
    nothing of taxes.  `registration` is the number in a register of charities or companies,
    `tax_number` the one tax offices know (the EIN in the United States), `benefits` what members
    are given in return, in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    regime: Literal["us_501c3", "uk_charity", "generic"] = "generic"
    legal_name: str
    address: Lines = ()
    registration: str = ""
    tax_number: str = ""
    benefits: str = ""

    @model_validator(mode="after")
    def _is_known_to_its_office(self) -> Self:
        if not self.legal_name:
            message = "legal_name must not be empty"
            raise ValueError(message)
        if self.regime == "us_501c3" and not _EIN.fullmatch(self.tax_number):
            message = "tax_number must be the EIN, as in 12-3456789"
            raise ValueError(message)
        if self.regime == "uk_charity" and not self.registration:
            message = "registration must be the charity's number"
            raise ValueError(message)
        return self

    @classmethod
    def plain(cls, newsroom: Newsroom) -> Self:
        """A newsroom that told nothing of taxes."""
        return cls(legal_name=newsroom.name)

    @classmethod
    def read(cls, values: Mapping[str, str], newsroom: Newsroom) -> Self:
        """What `receipt_…` of `values` say, names in small letters; the newsroom's name if none.

        Raises pydantic's `ValidationError`.
        """
        told = {
            name.removeprefix(_PREFIX): value
            for name, value in values.items()
            if name.startswith(_PREFIX)
        }
        return cls.model_validate({"legal_name": newsroom.name, **told})

    @property
    def claims_gift_aid(self) -> bool:
        """Whether supporters may declare Gift Aid."""
        return self.regime == "uk_charity"
