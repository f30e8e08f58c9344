"""Who asks: the newsroom's name, languages, currencies and customs, as one frozen value."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from donations.kernel.colour import Accent
from donations.kernel.currencies import CURRENCIES
from donations.kernel.errors import MisconfiguredError

LANGUAGES: Final = ("en", "ru")
_MONTHS: Final = 12
METHODS: Final = ("card", "apple_pay", "google_pay", "link", "paypal", "sepa_debit", "bancontact")


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(word for word in (part.strip() for part in value.split(",")) if word)
    return value


def _object(value: object) -> object:
    """What JSON text says; a setting is text, a test hands the thing itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg}"
        raise ValueError(message) from error


Words = Annotated[tuple[str, ...], BeforeValidator(_split)]


_Share = Annotated[int, Field(ge=0, lt=10_000)]
_Fixed = Annotated[int, Field(ge=0)]
Fee = tuple[_Share, _Fixed]


class Newsroom(BaseModel):
    """The newsroom as its readers meet it.

    `languages` and `currencies` are ordered, the default first; `fiscal_year_start` is the number
    of the month the books' year begins with; `guarded_countries` are those whose
    readers are warned, as ISO 3166 codes; `methods` are the payment methods enabled at Stripe;
    `alarm_to` is who is written to when the books need a look, the contact if empty;
    `mail_style` is `neutral`, or `named` where the newsroom’s name endangers no reader: letters are
    then from it by name, unless `mail_sender_name` says otherwise, and subjects stay neutral;
    `reminder_holdout` is the percentage of reminders for a month that go out two weeks later in it,
    to be compared with the others; `reminder_kept_days` how long an address is kept after its last
    reminder; `fee_cover` by currency what a payment costs, in hundredths of a percent and minor
    units, for those who wish to cover it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    contact: str
    mail_from: str
    mail_style: Literal["neutral", "named"] = "neutral"
    mail_sender_name: str = "Reader Support"
    accent: str = "#1d4f79"
    languages: Words = LANGUAGES
    currencies: Words = ("usd", "eur", "gbp", "jpy")
    timezone: str = "UTC"
    fiscal_year_start: int = 1
    alarm_to: str = ""
    reminder_holdout: int = Field(default=10, ge=0, le=50)
    reminder_kept_days: int = Field(default=30, ge=0, le=365)
    fee_cover: Annotated[dict[str, Fee], BeforeValidator(_object)] = Field(default_factory=dict)
    guarded_countries: Words = ("RU", "BY")
    methods: Words = ("card", "apple_pay", "google_pay")

    @model_validator(mode="before")
    @classmethod
    def _signs_as_told(cls, values: Any) -> Any:  # noqa: ANN401 - whatever pydantic is given
        if not isinstance(values, dict) or values.get("mail_style") != "named":
            return values
        return {"mail_sender_name": values.get("name"), **values}

    @field_validator("languages")
    @classmethod
    def _are_spoken(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _some_of(value, LANGUAGES)

    @field_validator("currencies")
    @classmethod
    def _are_counted(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _some_of(value, tuple(CURRENCIES))

    @field_validator("methods")
    @classmethod
    def _are_known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _some_of(value, METHODS)

    @field_validator("timezone")
    @classmethod
    def _exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            message = f"no such time zone: {value}"
            raise ValueError(message) from error
        return value

    @field_validator("fiscal_year_start")
    @classmethod
    def _is_a_month(cls, value: int) -> int:
        if not 1 <= value <= _MONTHS:
            message = "must be the number of a month, 1 to 12"
            raise ValueError(message)
        return value

    @field_validator("accent")
    @classmethod
    def _can_be_read(cls, value: str) -> str:
        try:
            Accent.parse(value)
        except MisconfiguredError as error:
            raise ValueError(str(error)) from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The newsroom's own time zone, for dates that people read."""
        return ZoneInfo(self.timezone)


def _some_of(value: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [word for word in value if word not in known]
    if unknown or not value:
        message = f"unknown: {', '.join(unknown)}" if unknown else "at least one is needed"
        raise ValueError(message)
    return value
