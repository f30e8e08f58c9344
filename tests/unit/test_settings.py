import pytest

from donations.kernel.errors import MisconfiguredError
from donations.settings import read_settings

REQUIRED = (
    "DATABASE_URL",
    "SECRET_KEY",
    "VAULT_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "MAIL_URL",
    "BASE_URL",
    "NEWSROOM_NAME",
    "NEWSROOM_CONTACT",
    "NEWSROOM_MAIL_FROM",
)


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_variable_stops_the_start_and_is_named(environment, name):
    del environment[name]
    with pytest.raises(MisconfiguredError, match=name):
        read_settings(environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "dev"),
        ("SECRET_KEY", "changeme" * 8),
        ("VAULT_KEY", "c2hvcnQ="),
        ("STRIPE_WEBHOOK_SECRET", "not-a-hook"),
        ("BASE_URL", "example.org"),
        ("DATABASE_URL", "mysql://x"),
        ("CELERY_BROKER_URL", "sqs://key:secret@"),
        ("NEWSROOM_LANGUAGES", "en,xx"),
        ("NEWSROOM_CURRENCIES", "usd,zzz"),
        ("NEWSROOM_TIMEZONE", "Mars/Olympus"),
        ("NEWSROOM_ACCENT", "#ffff00"),
        ("NEWSROOM_STATEMENT_PREFIX", "MOSCOW"),
        ("NEWSROOM_STATEMENT_SUFFIX", "FOR A VERY LONG REASON"),
        ("NEWSROOM_AMOUNTS", "{not json"),
        ("NEWSROOM_AMOUNTS", '{"usd": {"monthly": {"minimum": 1}}}'),
    ],
)
def test_a_value_that_cannot_work_stops_the_start_without_being_shown(environment, name, value):
    environment[name] = value
    with pytest.raises(MisconfiguredError) as refusal:
        read_settings(environment)
    if name in {"SECRET_KEY", "VAULT_KEY", "STRIPE_WEBHOOK_SECRET", "CELERY_BROKER_URL"}:
        assert value not in str(refusal.value)


def test_the_vault_key_may_come_from_a_file(environment, tmp_path):
    key = environment.pop("VAULT_KEY")
    (tmp_path / "vault.key").write_text(key + "\n")
    environment["VAULT_KEY_FILE"] = str(tmp_path / "vault.key")
    assert read_settings(environment).master_key.index("a", "b")


def test_the_mailing_service_is_named_with_its_lists_and_its_key_is_never_printed(environment):
    told = {
        "NEWSLETTER_SERVICE": "listmonk",
        "NEWSLETTER_SERVICE_URL": "https://lists.example",
        "NEWSLETTER_SERVICE_KEY": "api:t0ken",
        "NEWSLETTER_LISTS": '{"weekly": 3}',
    }
    settings = read_settings({**environment, **told})
    assert settings.newsletter_lists == {"weekly": "3"}
    assert "t0ken" not in repr(settings)
    for broken in ("{", "[]"):
        with pytest.raises(MisconfiguredError, match="NEWSLETTER_LISTS"):
            read_settings({**environment, **told, "NEWSLETTER_LISTS": broken})


def test_what_a_payment_costs_is_read_from_json(environment):
    told = read_settings({**environment, "NEWSROOM_FEE_COVER": '{"usd": [290, 30]}'})
    assert told.newsroom.fee_cover == {"usd": (290, 30)}


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"usd": 3}', '{"usd": [10000, 0]}', '{"usd": [1, -1]}']
)
def test_a_fee_that_cannot_be_is_named(environment, text):
    with pytest.raises(MisconfiguredError, match="NEWSROOM_FEE_COVER"):
        read_settings({**environment, "NEWSROOM_FEE_COVER": text})


def test_who_issues_receipts_is_read_and_checked(environment):
    told = read_settings(
        {**environment, "RECEIPT_REGIME": "us_501c3", "RECEIPT_TAX_NUMBER": "12-3456789"}
    )
    assert told.receipt_issuer.regime == "us_501c3"
    with pytest.raises(MisconfiguredError, match="RECEIPT_"):
        read_settings({**environment, "RECEIPT_REGIME": "us_501c3", "RECEIPT_TAX_NUMBER": "12"})
