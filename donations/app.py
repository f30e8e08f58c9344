"""Wires the house together: settings in, one Flask application and one worker out."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, g, has_app_context
from flask_babel import Babel

from donations.appeals.editions import current_version
from donations.assets import asset_folder, asset_versions
from donations.giving.checkouts import Till
from donations.jobs.worker import Worker
from donations.kernel.clock import Clock, SystemClock
from donations.kernel.colour import Accent
from donations.kernel.database import db, engine_options, prepare_engine
from donations.kernel.months import Month
from donations.kernel.tokens import Signer
from donations.mailer.links import reader_link
from donations.mailer.postbox import Postbox
from donations.mailer.rendering import Letterpress
from donations.mailer.returns.doors import Doors
from donations.mailer.smtp import SmtpTransport, Transport
from donations.newsletters.audiences.configured import configured
from donations.payouts import models as _payout_tables  # noqa: F401
from donations.reconciliation import models as _bank_tables  # noqa: F401
from donations.reminders.timing import local_date
from donations.stripe_gateway.gateway import Gateway
from donations.supporters import account_models as _account_tables  # noqa: F401
from donations.tiers.levels import version as tier_version
from donations.web import membership as _membership_pages  # noqa: F401
from donations.web.account import blueprint as account
from donations.web.api.events import blueprint as events
from donations.web.api.health import blueprint as health
from donations.web.api.lookup import blueprint as lookup
from donations.web.api.mail_returns import blueprint as mail_returns
from donations.web.api.passes import blueprint as passes
from donations.web.api.webhooks import blueprint as webhooks
from donations.web.errors import install_error_pages
from donations.web.headers import install_headers
from donations.web.house import EXTENSION, House
from donations.web.office import blueprint as office
from donations.web.public import blueprint as public
from donations.web.public.frame import PATHS, install_frame
from donations.web.public.page_cache import PageCache, Telling
from donations.web.public.quiet import quiet_reader
from donations.web.public.thanks import PURPOSE as THANKS
from donations.web.receipt_press import RECEIPT_ISSUER
from donations.web.stylesheet import inline_stylesheet
from donations.work import SCHEDULES, handlers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from donations.settings import Settings

LARGEST_FORM = 64 * 1024
_YEAR = 365 * 24 * 3600
_KEPT_PAGES = ("article", "support", "safer", "newsletter", "newsletter_preview", "privacy")


def create_app(
    settings: Settings, *, clock: Clock | None = None, transport: Transport | None = None
) -> Flask:
    """The application; `clock` and `transport` replace the machine's clock and SMTP."""
    static = asset_folder("static")
    app = Flask(__name__, template_folder=str(asset_folder("templates")), static_folder=str(static))
    parts = _wire(settings, clock or SystemClock(), transport)
    app.config.update(_configuration(settings))
    app.extensions[EXTENSION] = parts
    app.extensions["till"] = Till(
        parts.gateway, parts.master, parts.statement, _address(parts, THANKS, "/support/thanks")
    )
    app.extensions[RECEIPT_ISSUER] = settings.receipt_issuer
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Babel(app, locale_selector=_locale)
    css = inline_stylesheet(static / "css" / "reader.css", Accent.parse(parts.newsroom.accent))
    install_frame(app, inline_css=css, asset_versions=asset_versions(static))
    install_headers(
        app,
        inline_css=css,
        payment_base=settings.stripe_api_base,
        secure=settings.base_url.startswith("https:"),
    )
    install_error_pages(app)
    interfaces = (health, webhooks, mail_returns, passes, lookup, events)
    for blueprint in (*interfaces, office, account, public):
        app.register_blueprint(blueprint)
    cache = PageCache(app.wsgi_app, _kept(parts), _stamp(app, parts), _telling(parts))
    app.wsgi_app = cache  # type: ignore[method-assign]
    return app


def create_worker(app: Flask) -> Worker:
    """The worker of `app`: every kind of job with what does it."""
    parts: House = app.extensions[EXTENSION]

    @contextmanager
    def sessions() -> Iterator[Session]:
        with app.app_context():
            yield db.session()

    return Worker(sessions, handlers(parts), parts.clock, SCHEDULES)


def _wire(settings: Settings, clock: Clock, transport: Transport | None) -> House:
    secret = settings.secret_key.get_secret_value()
    postbox = Postbox(
        Letterpress(asset_folder("templates")),
        transport or SmtpTransport(settings.mail_url.get_secret_value()),
        settings.newsroom,
        clock,
        master=settings.master_key,
        rates=settings.mail_rates,
    )
    return House(
        newsroom=settings.newsroom,
        price_list=settings.price_list,
        statement=settings.statement,
        codes=settings.codes,
        clock=clock,
        gateway=Gateway(settings.stripe_secret_key.get_secret_value(), settings.stripe_api_base),
        master=settings.master_key,
        signer=Signer(secret),
        postbox=postbox,
        base_url=settings.base_url,
        webhook_secret=settings.stripe_webhook_secret.get_secret_value(),
        metrics_token=settings.metrics_token.get_secret_value(),
        broker_url=settings.celery_broker_url.get_secret_value(),
        audience=configured(
            settings.newsletter_service,
            settings.newsletter_service_url,
            settings.newsletter_service_key.get_secret_value(),
            settings.newsletter_lists,
        ),
        mail_doors=_doors(settings),
        dkim_selector=settings.mail_dkim_selector,
    )


def _doors(settings: Settings) -> Doors:
    return Doors.build(
        postmark=settings.mail_returns_secret.get_secret_value(),
        sendgrid=settings.sendgrid_webhook_key,
        mailgun=settings.mailgun_signing_key.get_secret_value(),
        ses=settings.ses_topic_arn,
    )


def _configuration(settings: Settings) -> dict[str, Any]:
    secure = settings.base_url.startswith("https:")
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "MAX_CONTENT_LENGTH": LARGEST_FORM,
        "SEND_FILE_MAX_AGE_DEFAULT": _YEAR,  # every address carries the file's own digest
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "translations"),
        "BABEL_DEFAULT_LOCALE": settings.newsroom.languages[0],
        "SESSION_COOKIE_NAME": "office-form",  # holds the office's form token, nothing else
        "SESSION_COOKIE_PATH": "/office",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _locale() -> str | None:
    return g.get("language") if has_app_context() else None


def _address(parts: House, purpose: str, path: str) -> Any:  # noqa: ANN401 - see Till and LetterWriter
    def address(public_id: str, language: str) -> str:
        token = parts.signer.sign_lasting(purpose, public_id)
        return reader_link(parts.base_url, parts.newsroom, language, f"{path}/{token}")

    return address


def _kept(parts: House) -> Iterator[tuple[str, str]]:
    """The addresses whose pages are the same for everyone."""
    first, *others = parts.newsroom.languages
    for language in (first, *others):
        prefix = "" if language == first else f"/{language}"
        for name in _KEPT_PAGES:
            yield prefix + PATHS[name], ""
        for name in ("article", "support"):
            for code in parts.newsroom.currencies[1:]:
                yield prefix + PATHS[name], f"currency={code}"


def _telling(parts: House) -> Telling:
    """The pages that fold the appeal away for whoever asked us to wait."""
    others = parts.newsroom.languages[1:]
    articles = {PATHS["article"], *(f"/{language}{PATHS['article']}" for language in others)}
    zone = parts.newsroom.zone
    return Telling(articles, quiet_reader(lambda: Month.of(parts.clock.now(), zone)))


def _stamp(app: Flask, parts: House) -> Any:  # noqa: ANN401 - see PageCache
    """What the kept pages are made from: the edition, the tiers, and the day it is."""

    def stamp() -> tuple[int, int, str]:
        with app.app_context():
            day = local_date(parts.clock.now(), parts.newsroom.zone)
            session = db.session()
            return current_version(session), tier_version(session), day.isoformat()

    return stamp
