"""Wires the house together: settings in, one Flask application and one worker out."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, g, has_app_context
from flask_babel import Babel

from donations.appeals.editions import current_version
from donations.assets import asset_folder, asset_versions
from donations.closing import keeping
from donations.dossiers import erasing, mailbox, mailbox_letters
from donations.giving.cancelling import CANCEL_JOB, membership_canceller
from donations.giving.checkouts import Till
from donations.giving.letters import LetterWriter
from donations.inbox import catching_up, sweep
from donations.inbox.dispatch import event_applier
from donations.inbox.handlers.payouts import MEND_JOB
from donations.inbox.intake import STRIPE_EVENT_JOB
from donations.inbox.mending import movement_mender
from donations.jobs import cleaning
from donations.jobs.running import BulkHandler
from donations.jobs.worker import Handler, Schedule, Worker
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
from donations.newsletters import changes, following_up, forgetting, reconciling, subscribing
from donations.newsletters.audiences.configured import configured
from donations.newsletters.confirming import ConfirmationSender
from donations.newsletters.telling import Teller
from donations.payouts import models as _payout_tables  # noqa: F401
from donations.reconciliation import models as _bank_tables  # noqa: F401
from donations.reconciliation import nightly
from donations.reconciliation.alarm import ALARM_JOB, AlarmSender
from donations.recoveries import recovering
from donations.recoveries.sending import RecoverySender
from donations.reminders import due, reminding
from donations.reminders import forgetting as forget_reminders
from donations.reminders.letters import ReminderLetters
from donations.reminders.sending import ReminderSender
from donations.reminders.timing import local_date
from donations.self_service.actions import Action
from donations.self_service.asking import ORDER_JOB
from donations.self_service.card import CARD_JOB, card_taker
from donations.self_service.carrying_out import OrderCarrier
from donations.self_service.letters import MembershipLetters
from donations.self_service.new_links import NEW_LINK_JOB, LinkWriter
from donations.stripe_gateway.gateway import Gateway
from donations.supporters import account_closing, sign_in_links
from donations.supporters import account_models as _account_tables  # noqa: F401
from donations.supporters.sign_in_letters import SignInSender
from donations.web import membership as _membership_pages  # noqa: F401
from donations.web.account import blueprint as account
from donations.web.api.health import blueprint as health
from donations.web.api.mail_returns import blueprint as mail_returns
from donations.web.api.webhooks import blueprint as webhooks
from donations.web.errors import install_error_pages
from donations.web.headers import install_headers
from donations.web.house import EXTENSION, House
from donations.web.office import blueprint as office
from donations.web.public import blueprint as public
from donations.web.public.frame import PATHS, install_frame
from donations.web.public.newsletter_offers import names_of
from donations.web.public.page_cache import PageCache, Telling
from donations.web.public.quiet import quiet_reader
from donations.web.public.thanks import PURPOSE as THANKS
from donations.web.stylesheet import inline_stylesheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from donations.settings import Settings

LARGEST_FORM = 64 * 1024
_YEAR = 365 * 24 * 3600
_SCHEDULES = (
    Schedule(cleaning.JOB, cleaning.EVERY),
    Schedule(forgetting.JOB, timedelta(days=1)),
    Schedule(reconciling.RECONCILE_JOB, reconciling.EVERY),
    Schedule(forgetting.DROP_JOB, forgetting.DROP_EVERY),
    Schedule(recovering.FORGET_JOB, timedelta(hours=1)),
    Schedule(due.DUE_JOB, due.EVERY),
    Schedule(forget_reminders.FORGET_JOB, timedelta(days=1)),
    Schedule(catching_up.JOB, catching_up.EVERY),
    Schedule(sweep.JOB, sweep.EVERY),
    Schedule(nightly.JOB, nightly.EVERY),
    Schedule(account_closing.JOB, account_closing.EVERY),
)
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
    for blueprint in (health, webhooks, mail_returns, office, account, public):
        app.register_blueprint(blueprint)
    cache = PageCache(app.wsgi_app, _kept(parts), _stamp(app, parts), _telling(parts))
    app.wsgi_app = cache  # type: ignore[method-assign]
    return app


def create_worker(app: Flask) -> Worker:
    """The worker of `app`: every kind of job with what does it."""
    parts: House = app.extensions[EXTENSION]
    writer = LetterWriter(
        parts.master,
        parts.postbox,
        parts.gateway,
        parts.newsroom,
        parts.statement,
        lambda language: reader_link(parts.base_url, parts.newsroom, language, "/support"),
        lambda action, membership, language: parts.action_links.url(
            Action(action), membership, language
        ),
    )
    guarded = frozenset(parts.newsroom.guarded_countries)
    handlers: dict[str, Handler | BulkHandler] = {
        **writer.handlers,
        STRIPE_EVENT_JOB: event_applier(parts.gateway, parts.master, guarded),
        MEND_JOB: movement_mender(parts.gateway, parts.master, guarded),
        sweep.JOB: sweep.sweep_job(parts.gateway, parts.master, guarded),
        catching_up.JOB: catching_up.event_catcher(parts.gateway, parts.master),
        nightly.JOB: nightly.auditor(parts.gateway, parts.master),
        cleaning.JOB: cleaning.Cleaner(frozenset(each.kind for each in _SCHEDULES)),
        ALARM_JOB: AlarmSender(parts.postbox, parts.newsroom, parts.base_url),
        CANCEL_JOB: membership_canceller(parts.gateway, parts.master),
        sign_in_links.LINK_JOB: SignInSender(
            parts.master, parts.postbox, parts.base_url, parts.newsroom
        ),
        account_closing.JOB: account_closing.clean_accounts,
        ORDER_JOB: OrderCarrier(parts.gateway, parts.master),
        **MembershipLetters(
            parts.master, parts.postbox, parts.action_links, parts.newsroom
        ).handlers,
        NEW_LINK_JOB: LinkWriter(parts.master, parts.postbox, parts.action_links, parts.newsroom),
        CARD_JOB: card_taker(parts.gateway, parts.master),
        keeping.JOB: keeping.keep_pack,
        recovering.JOB: RecoverySender(
            parts.master, parts.postbox, parts.signer, parts.base_url, parts.newsroom
        ),
        recovering.FORGET_JOB: recovering.forget_recoveries,
        reminding.JOB: ReminderSender(
            ReminderLetters(parts.master, parts.signer, parts.base_url, parts.newsroom),
            parts.postbox,
        ),
        due.DUE_JOB: due.promise_due,
        forget_reminders.FORGET_JOB: forget_reminders.ReminderForgetter(
            parts.newsroom.reminder_kept_days
        ),
        erasing.ERASE_JOB: erasing.eraser(parts.gateway, parts.master),
        mailbox.LETTER_JOB: mailbox_letters.MailboxLetters(
            parts.master, parts.postbox, parts.signer, parts.base_url, parts.newsroom
        ),
        mailbox.TELL_JOB: mailbox_letters.stripe_teller(parts.gateway, parts.master),
        **_newsletter_handlers(parts),
    }

    @contextmanager
    def sessions() -> Iterator[Session]:
        with app.app_context():
            yield db.session()

    return Worker(sessions, handlers, parts.clock, _SCHEDULES)


def _newsletter_handlers(parts: House) -> dict[str, Handler]:
    links, master, postbox = parts.newsletter_links, parts.master, parts.postbox
    return {
        subscribing.JOB: ConfirmationSender(master, postbox, links, names_of),
        following_up.LINK_JOB: following_up.LinkSender(master, postbox, links, names_of),
        forgetting.JOB: forgetting.forget_unconfirmed,
        forgetting.DROP_JOB: forgetting.drop_suppressed,
        changes.TELL_JOB: Teller(master, parts.audience, links),
        reconciling.RECONCILE_JOB: reconciling.Reconciler(master, parts.audience),
    }


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
    """What the kept pages are made from: the edition, and the month the reminders start in."""

    def stamp() -> tuple[int, str]:
        with app.app_context():
            day = local_date(parts.clock.now(), parts.newsroom.zone)
            return current_version(db.session()), day.isoformat()

    return stamp
