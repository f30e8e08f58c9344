"""Settings, read once from the environment and frozen; a missing one stops the start.

Nothing here has a secret for a default.  The names are those operators rely on; README lists them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_validator

from donations.giving.price_list import PriceList
from donations.giving.statement import Statement
from donations.kernel.errors import MisconfiguredError
from donations.kernel.newsroom import Newsroom
from donations.ledger.codes import Codes
from donations.mailer.pacing import MailRates
from donations.receipts.issuer import ReceiptIssuer
from donations.vault.keys import MasterKey

_SHORTEST_SECRET: Final = 32
_KNOWN_DEFAULTS: Final = ("changeme", "change-me", "secret", "password", "example", "development")
_OWN_PARTS: Final[tuple[str, ...]] = (
    *("amounts", "account_codes", "statement_prefix", "statement_suffix"),
)


class Settings(BaseModel):
    """Everything the application is told from outside."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    database_url: str
    secret_key: SecretStr
    stripe_secret_key: SecretStr
    stripe_webhook_secret: SecretStr
    stripe_api_base: str = ""
    mail_url: SecretStr
    mail_rates: MailRates = MailRates()
    celery_broker_url: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")
    newsletter_service: str = ""
    newsletter_service_url: str = ""
    newsletter_service_key: SecretStr = SecretStr("")
    newsletter_lists: dict[str, str] = {}
    mail_returns_secret: SecretStr = SecretStr("")
    mail_dkim_selector: str = ""
    sendgrid_webhook_key: str = ""
    mailgun_signing_key: SecretStr = SecretStr("")
    ses_topic_arn: str = ""
    base_url: str
    master_key: MasterKey
    newsroom: Newsroom
    price_list: PriceList
    statement: Statement
    codes: Codes
    receipt_issuer: ReceiptIssuer

    @field_validator("database_url")
    @classmethod
    def _database_we_know(cls, value: str) -> str:
        if value.startswith("postgresql://"):
            return value.replace("postgresql://", "postgresql+psycopg://", 1)
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            message = "must start with sqlite:/// or postgresql://"
            raise ValueError(message)
        return value

    @field_validator("celery_broker_url")
    @classmethod
    def _broker_we_know(cls, value: SecretStr) -> SecretStr:
        schemes = ("redis://", "rediss://", "amqp://", "amqps://")
        if value and not value.get_secret_value().startswith(schemes):
            message = f"must start with one of {', '.join(schemes)}, or be empty"
            raise ValueError(message)
        return value

    @field_validator("secret_key")
    @classmethod
    def _secret_is_secret(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if len(secret) < _SHORTEST_SECRET or any(word in secret for word in _KNOWN_DEFAULTS):
            message = "must be at least 32 random characters and no default (openssl rand -hex 32)"
            raise ValueError(message)
        return value

    @field_validator("mail_returns_secret")
    @classmethod
    def _cannot_be_guessed(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < _SHORTEST_SECRET:
            message = "must be at least 32 random characters (openssl rand -hex 32), or be empty"
            raise ValueError(message)
        return value

    @field_validator("base_url")
    @classmethod
    def _address_is_whole(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query:
            message = "must be a whole address such as https://donate.example.org"
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("stripe_webhook_secret")
    @classmethod
    def _webhook_secret_is_one(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith("whsec_"):
            message = "must be the endpoint's signing secret, which begins with whsec_"
            raise ValueError(message)
        return value


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read `environment`; raise `MisconfiguredError` naming every variable that is wrong.

    `VAULT_KEY_FILE` may name a file in place of `VAULT_KEY`.  No value appears in the message.
    """
    values = {name.lower(): value for name, value in environment.items() if value}
    house = {
        name.removeprefix("newsroom_"): value
        for name, value in values.items()
        if name.startswith("newsroom_")
    }
    own: dict[str, str] = {name: house.pop(name) for name in _OWN_PARTS if name in house}
    given: dict[str, Any] = {name: values[name] for name in _PLAIN if name in values}
    try:
        newsroom = Newsroom.model_validate(house)
    except ValidationError as error:
        raise MisconfiguredError(_explain(error, "NEWSROOM_")) from None
    given["newsroom"] = newsroom
    given["receipt_issuer"] = _issuer(values, newsroom)
    given["master_key"] = MasterKey.from_text(_vault_key(values))
    given["price_list"] = PriceList.build(newsroom.currencies, _json(own, "amounts"))
    given["codes"] = Codes.build(_json(own, "account_codes"))
    given["mail_rates"] = MailRates.parse(values.get("mail_rates", ""))
    given["statement"] = _statement(own, newsroom)
    given["newsletter_lists"] = _lists(values.get("newsletter_lists", "{}"))
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise MisconfiguredError(_explain(error, "")) from None


_PLAIN: Final = (
    "database_url",
    "secret_key",
    "stripe_secret_key",
    "stripe_webhook_secret",
    "stripe_api_base",
    "mail_url",
    "celery_broker_url",
    "metrics_token",
    "newsletter_service",
    "newsletter_service_url",
    "newsletter_service_key",
    "mail_returns_secret",
    "mail_dkim_selector",
    "sendgrid_webhook_key",
    "mailgun_signing_key",
    "ses_topic_arn",
    "base_url",
)


def _vault_key(values: Mapping[str, str]) -> str:
    if "vault_key" in values:
        return values["vault_key"]
    if "vault_key_file" not in values:
        message = "VAULT_KEY is missing (or name a file in VAULT_KEY_FILE): openssl rand -base64 32"
        raise MisconfiguredError(message)
    try:
        return Path(values["vault_key_file"]).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        message = f"VAULT_KEY_FILE cannot be read: {type(error).__name__}"
        raise MisconfiguredError(message) from None


def _json(own: Mapping[str, str], name: str) -> dict[str, Any]:
    variable = f"NEWSROOM_{name.upper()}"
    try:
        parsed = json.loads(own.get(name, "{}"))
    except json.JSONDecodeError as error:
        message = f"{variable} is not JSON: {error}"
        raise MisconfiguredError(message) from None
    if not isinstance(parsed, dict):
        message = f"{variable} must be a JSON object"
        raise MisconfiguredError(message)
    return parsed


def _lists(text: str) -> dict[str, str]:
    """Which list of the mailing service belongs to which newsletter."""
    try:
        parsed = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"NEWSLETTER_LISTS is not JSON: {error}"
        raise MisconfiguredError(message) from None
    if not isinstance(parsed, dict):
        message = "NEWSLETTER_LISTS must be a JSON object, a list for each newsletter"
        raise MisconfiguredError(message)
    return {slug: str(name) for slug, name in parsed.items()}


def _issuer(values: Mapping[str, str], newsroom: Newsroom) -> ReceiptIssuer:
    try:
        return ReceiptIssuer.read(values, newsroom)
    except ValidationError as error:
        raise MisconfiguredError(_explain(error, "RECEIPT_")) from None


def _statement(own: Mapping[str, str], newsroom: Newsroom) -> Statement:
    statement = Statement(
        own.get("statement_prefix", "READERS"), own.get("statement_suffix", "SUPPORT")
    )
    statement.check(newsroom.name)
    return statement


def _explain(error: ValidationError, prefix: str) -> str:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        name = prefix + "_".join(str(part) for part in problem["loc"]).upper()
        missing = problem["type"] == "missing"
        lines.append(f"{name} is missing" if missing else f"{name}: {problem['msg']}")
    return "\n".join(lines)
