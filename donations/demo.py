"""The demonstration: the whole house on one machine, with Stripe and the mail played by stand-ins.

Everything it keeps is in one folder: the database, the sandbox's state, the mail, and the secrets,
which are made once and readable only by their owner.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

import click
import pyotp
from sqlalchemy import select

from donations.app import create_app
from donations.appeals.editions import SAMPLE, current_version, publish, read_folder
from donations.kernel.database import db
from donations.migrations import schema
from donations.processes import Household, Program
from donations.settings import Settings, read_settings
from donations.staff.accounts import add_member
from donations.staff.models import StaffMember
from donations.tiers.sample import offer_sample

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PORTS: Final = {
    "DEMO_PORT": 8000,
    "SANDBOX_PORT": 8420,
    "MAIL_CATCHER_PORT": 8025,
    "MAIL_CATCHER_SMTP_PORT": 8026,
}
LOGIN: Final = "demo"
_UP_WITHIN_SECONDS: Final = 60
_CARDS: Final = (
    ("4242 4242 4242 4242", "succeeds"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0000 0000 9995", "has insufficient funds"),
    ("4000 0027 6000 3184", "asks for 3-D Secure"),
    ("4000 0000 0000 0341", "pays once, then fails at renewal"),
    ("4000 0000 0000 0259", "is disputed afterwards"),
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is made once and kept: `password` and `totp` are those of the demo's staff login."""

    secret_key: str
    vault_key: str
    webhook_secret: str
    password: str
    totp: str

    @classmethod
    def at(cls, folder: Path) -> Self:
        """The secrets of this folder, made now if it has none."""
        path = folder / "secrets.json"
        if path.exists():
            return cls(**json.loads(path.read_text(encoding="ascii")))
        made = cls(
            secret_key=secrets.token_hex(32),
            vault_key=base64.b64encode(secrets.token_bytes(32)).decode(),
            webhook_secret="whsec_" + secrets.token_urlsafe(24),
            password=secrets.token_urlsafe(12),
            totp="",
        )
        made.keep(folder)
        return made

    def keep(self, folder: Path) -> None:
        """Write them, readable by their owner only from the first byte on."""
        path = folder / "secrets.json"
        new = path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({name: getattr(self, name) for name in self.__slots__}, file)
        new.replace(path)


def run_demo(folder: Path, environment: Mapping[str, str]) -> int:
    """Set up what is missing, start everything, and stay until Ctrl-C; the exit status."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ports = _free_ports(environment)
    _say(1, "secrets")
    kept = Secrets.at(folder)
    variables = _variables(folder, kept, ports, environment)
    _say(2, "database")
    settings = read_settings(variables)
    kept = _set_up(settings, kept, folder)
    _say(3, "starting the Stripe sandbox, the mail catcher, the web server and the worker")
    household = Household(_programs(folder, kept, ports, variables), say=click.echo)
    return household.run(restart=False, when_up=lambda: _welcome(settings, kept, ports))


def one_time_code(folder: Path) -> str:
    """The code the demo's login asks for now."""
    return pyotp.TOTP(Secrets.at(folder).totp).now()


def _say(step: int, what: str) -> None:
    click.echo(f"[{step}/4] {what} …")


def _free_ports(environment: Mapping[str, str]) -> dict[str, int]:
    ports = {}
    for name, default in PORTS.items():
        ports[name] = int(environment.get(name) or default)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", ports[name]))
            except OSError:
                message = (
                    f"Port {ports[name]} is taken. Choose another one:"
                    f" {name}={ports[name] + 1000} make demo"
                )
                raise SystemExit(message) from None
    return ports


def _variables(
    folder: Path, kept: Secrets, ports: Mapping[str, int], environment: Mapping[str, str]
) -> dict[str, str]:
    sample = {
        "NEWSROOM_NAME": "The Moscow Times",
        "NEWSROOM_CONTACT": "support@newsroom.example",
        "NEWSROOM_MAIL_FROM": "post@mail.example",
        "NEWSROOM_TIMEZONE": "Europe/Amsterdam",
    }
    return {
        **sample,
        **environment,
        "DATABASE_URL": f"sqlite:///{(folder / 'donations.db').resolve()}",
        "SECRET_KEY": kept.secret_key,
        "VAULT_KEY": kept.vault_key,
        "STRIPE_SECRET_KEY": "sk_test_demo",
        "STRIPE_WEBHOOK_SECRET": kept.webhook_secret,
        "STRIPE_API_BASE": f"http://127.0.0.1:{ports['SANDBOX_PORT']}",
        "MAIL_URL": f"smtp://127.0.0.1:{ports['MAIL_CATCHER_SMTP_PORT']}",
        "BASE_URL": f"http://127.0.0.1:{ports['DEMO_PORT']}",
    }


def _set_up(settings: Settings, kept: Secrets, folder: Path) -> Secrets:
    app = create_app(settings)
    with app.app_context():
        schema.upgrade(db.engine, zone=settings.newsroom.timezone)
        session, now = db.session(), datetime.now(UTC)
        if not current_version(session):
            publish(session, read_folder(SAMPLE, settings.newsroom.languages), now=now)
        if session.scalar(select(StaffMember).where(StaffMember.login == LOGIN)) is None:
            _, uri = add_member(
                session,
                settings.master_key,
                login=LOGIN,
                password=kept.password,
                role="admin",
                now=now,
            )
            totp = pyotp.parse_uri(uri)
            kept = Secrets(**{**_fields(kept), "totp": totp.secret})
            kept.keep(folder)
        session.commit()
        newsroom = settings.newsroom
        offer_sample(session, newsroom.languages, newsroom.currencies, now=now)
        db.engine.dispose()
    return kept


def _fields(kept: Secrets) -> dict[str, str]:
    return {name: getattr(kept, name) for name in kept.__slots__}


def _programs(
    folder: Path, kept: Secrets, ports: Mapping[str, int], variables: dict[str, str]
) -> list[Program]:
    command = [sys.executable, "-m", "donations"]
    sandbox = [
        *command,
        "sandbox",
        f"--port={ports['SANDBOX_PORT']}",
        f"--webhook-url=http://127.0.0.1:{ports['DEMO_PORT']}/webhooks/stripe",
        f"--data={folder / 'sandbox.sqlite'}",
    ]
    catcher = [
        *command,
        "mail-catcher",
        f"--smtp-port={ports['MAIL_CATCHER_SMTP_PORT']}",
        f"--port={ports['MAIL_CATCHER_PORT']}",
        f"--data={folder / 'mail'}",
    ]
    web = [*command, "serve", "--no-worker", f"--port={ports['DEMO_PORT']}"]
    return [
        Program(
            "The Stripe sandbox",
            sandbox,
            {**variables, "STRIPE_WEBHOOK_SECRET": kept.webhook_secret},
        ),
        Program("The mail catcher", catcher, variables),
        Program("The web server", web, variables),
        Program("The worker", [*command, "worker"], variables),
    ]


def _welcome(settings: Settings, kept: Secrets, ports: Mapping[str, int]) -> None:
    _wait_for(f"{settings.base_url}/healthz")
    _wait_for(f"{settings.stripe_api_base}/")
    click.echo(
        f"""[4/4] everything is up

  The article with the appeal   {settings.base_url}/        (Russian: {settings.base_url}/ru/)
  The office                    {settings.base_url}/office/
      login {LOGIN}   password {kept.password}
      one-time code now: {pyotp.TOTP(kept.totp).now()}   (a fresh one: donations demo --code)
      or add this secret to an authenticator: {kept.totp}
  The Stripe sandbox            {settings.stripe_api_base}/
  The mail it sends             http://127.0.0.1:{ports["MAIL_CATCHER_PORT"]}/

  Test cards (any future date, any CVC):"""
    )
    for number, effect in _CARDS:
        click.echo(f"      {number}   {effect}")
    click.echo("\n  Ctrl-C stops everything; the data stays for the next time.\n")


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + _UP_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own loopback address
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{address} does not answer; its messages are above.")
