"""The `donations` command."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from donations import __version__
from donations.commands.adopt import group as importing
from donations.kernel.errors import DonationsError, MisconfiguredError
from donations.sandbox.program import sandbox
from donations.staff.roles import Role

if TYPE_CHECKING:
    from flask import Flask

DEMO_FOLDER: Final = "instance"
JOURNAL_FORMATS: Final = ("xero", "quickbooks", "csv", "beancount", "hledger")


@click.group()
@click.version_option(__version__)
def cli() -> None:
    """Reader revenue an independent newsroom can run itself."""


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT")
@click.option("--workers", default=1, show_default=True, help="Web processes.")
@click.option("--no-worker", is_flag=True, help="Do not run the job worker beside the web server.")
def serve(host: str, port: int, workers: int, no_worker: bool) -> None:  # noqa: FBT001 - a flag
    """Serve the pages, with a job worker beside them."""
    _settled_app()  # a missing setting is told before anything starts
    if no_worker:
        _serve_web(host, port, workers)
        return
    from donations.processes import Household, Program  # noqa: PLC0415

    command = [sys.executable, "-m", "donations"]
    web = [*command, "serve", "--no-worker", f"--host={host}", f"--port={port}"]
    programs = [
        Program("The web server", [*web, f"--workers={workers}"], os.environ),
        Program("The worker", [*command, "worker"], os.environ),
    ]
    sys.exit(Household(programs, say=click.echo).run(restart=True))


@cli.command()
@click.option("--threads", default=2, show_default=True, help="Of each process.")
@click.option("--processes", default=1, show_default=True)
@click.option("--lane", type=click.Choice(["prompt", "bulk"]), help="Serve one queue of a broker.")
def worker(threads: int, processes: int, lane: str | None) -> None:
    """Do the jobs: apply Stripe's events, send mail, keep promises.

    In threads of its own, or by Celery where CELERY_BROKER_URL is set.
    """
    from donations.commands import worker as command  # noqa: PLC0415

    sys.exit(command.run(_settled_app(), threads, processes, lane))


@cli.group()
def jobs() -> None:
    """The work by kind: look, retry, pause."""


@jobs.command("list")
def jobs_list() -> None:
    """Say what is due, late, in hand and failed for good, by kind."""
    from donations.commands import jobs as command  # noqa: PLC0415

    for line in command.told(_settled_app()):
        click.echo(line)


@jobs.command()
@click.argument("key")
def retry(key: str) -> None:
    """Have the job KEY done again; exits 1 if there is none."""
    from donations.commands import jobs as command  # noqa: PLC0415

    if not command.retry(_settled_app(), key):
        click.echo("There is no such job.", err=True)
        sys.exit(1)


@jobs.command("retry-all")
@click.argument("kind")
def retry_all(kind: str) -> None:
    """Have everything of KIND that failed for good tried again."""
    from donations.commands import jobs as command  # noqa: PLC0415

    click.echo(f"{command.retry_all(_settled_app(), kind)} will be tried again.")


@jobs.command()
@click.argument("kind")
def pause(kind: str) -> None:
    """Begin nothing more of KIND; what is in hand is finished."""
    from donations.commands import jobs as command  # noqa: PLC0415

    command.set_paused(_settled_app(), kind, paused=True)


@jobs.command()
@click.argument("kind")
def resume(kind: str) -> None:
    """Let KIND go on."""
    from donations.commands import jobs as command  # noqa: PLC0415

    command.set_paused(_settled_app(), kind, paused=False)


@jobs.command()
@click.argument("kind")
def watch(kind: str) -> None:
    """Show a bar until nothing of KIND is due; exits 1 if any of it failed for good."""
    from donations.commands import jobs as command  # noqa: PLC0415

    sys.exit(command.watch(_settled_app(), kind))


cli.add_command(sandbox)
cli.add_command(importing(lambda: _settled_app()))  # noqa: PLW0108 - found when it is needed


@cli.command("mail-catcher")
@click.option("--port", default=8025, show_default=True, envvar="MAIL_CATCHER_PORT")
@click.option("--smtp-port", default=8026, show_default=True, envvar="MAIL_CATCHER_SMTP_PORT")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path))
def mail_catcher(port: int, smtp_port: int, data: Path | None) -> None:
    """Catch mail on this machine and show it in a browser."""
    from donations.mail_catcher.catcher import run  # noqa: PLC0415

    run(smtp_port=smtp_port, web_port=port, data_folder=data)


@cli.command()
@click.option("--code", is_flag=True, help="Only print the demo login's one-time code of now.")
def demo(code: bool) -> None:  # noqa: FBT001 - a flag
    """Run everything on this machine, with Stripe and the mail played by stand-ins."""
    from donations.demo import one_time_code, run_demo  # noqa: PLC0415

    folder = Path(os.environ.get("DEMO_FOLDER", DEMO_FOLDER))
    if code:
        click.echo(one_time_code(folder))
        return
    sys.exit(run_demo(folder, os.environ))


@cli.group("db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the database to the schema of this release."""
    from donations.kernel.database import db  # noqa: PLC0415
    from donations.migrations import schema  # noqa: PLC0415
    from donations.web.house import EXTENSION  # noqa: PLC0415

    app = _settled_app()
    with app.app_context():
        schema.upgrade(db.engine, zone=app.extensions[EXTENSION].newsroom.timezone)
    click.echo("The database is current.")


@cli.group()
def newsroom() -> None:
    """The newsroom's own words."""


@newsroom.command()
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
def publish(folder: Path) -> None:
    """Publish FOLDER's en.toml, ru.toml … as the next edition."""
    from donations.appeals.editions import publish as publish_edition  # noqa: PLC0415
    from donations.appeals.editions import read_folder  # noqa: PLC0415
    from donations.kernel.database import db  # noqa: PLC0415
    from donations.web.house import EXTENSION  # noqa: PLC0415

    app = _settled_app()
    with app.app_context():
        session = db.session()
        languages = app.extensions[EXTENSION].newsroom.languages
        version = publish_edition(session, read_folder(folder, languages), now=datetime.now(UTC))
        session.commit()
    click.echo(f"Published as edition {version}.")


@cli.group()
def staff() -> None:
    """The people who sign in to the office."""


@staff.command()
@click.argument("login")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.password_option(help="Asked for when not given.")
def add(login: str, role: str, password: str) -> None:
    """Add an account and show the code its authenticator must scan, once."""
    from donations.kernel.database import db  # noqa: PLC0415
    from donations.staff.accounts import add_member  # noqa: PLC0415
    from donations.staff.one_time_codes import terminal_qr  # noqa: PLC0415
    from donations.web.house import EXTENSION  # noqa: PLC0415

    app = _settled_app()
    with app.app_context():
        session, master = db.session(), app.extensions[EXTENSION].master
        _, uri = add_member(
            session, master, login=login, password=password, role=role, now=datetime.now(UTC)
        )
        session.commit()
    click.echo(terminal_qr(uri))
    click.echo(f"Scan this with an authenticator; it is not shown again.\n{uri}")


@cli.command()
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Begin at this day (UTC), not where the last sweep came to.",
)
def sweep(since: datetime | None) -> None:
    """Book what moved at Stripe and no webhook told of; exits 1 if anything failed."""
    from donations.commands import sweep as command  # noqa: PLC0415

    day = None if since is None else since.replace(tzinfo=UTC)
    sys.exit(command.run(_settled_app(), day))


@cli.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--currency", default="", help="Of a CSV that does not say it itself.")
@click.option("--account", default="", help="The end of the account's number, likewise.")
def reconcile(files: tuple[Path, ...], currency: str, account: str) -> None:
    """Import FILES from the bank and match them to payouts; exits 1 if a line stays open."""
    from donations.commands import reconcile as command  # noqa: PLC0415

    sys.exit(command.run(_settled_app(), files, currency, account))


@cli.command()
@click.option("--format", "name", required=True, type=click.Choice(JOURNAL_FORMATS))
@click.option("--from", "first", required=True, metavar="2026-10", help="The first month.")
@click.option("--to", "last", metavar="2026-10", help="The last month; the first if not given.")
@click.option("--detail", type=click.Choice(["entries", "days"]), help="As is usual if not given.")
@click.option("--currency", help="Only this one, such as usd.")
@click.option("--tax-rate", default="", help="What Xero calls the tax rate of every line.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Else: print it.")
def journal(
    name: str,
    first: str,
    last: str | None,
    detail: str | None,
    currency: str | None,
    tax_rate: str,
    out: Path | None,
) -> None:
    """Write the journal of some months as a file for another program."""
    from donations.commands import journal as command  # noqa: PLC0415

    asked = command.Asked.read(name, first, last or first, detail, currency, tax_rate)
    said = command.run(_settled_app(), asked, out)
    if said is not None:
        click.echo(said)


@cli.command()
@click.argument("month", metavar="2026-10")
@click.option("--by", required=True, help="The login of whoever closes it.")
@click.option("--explanation", default="", help="How the payouts are known to have arrived.")
def close(month: str, by: str, explanation: str) -> None:
    """Close a month for good; exits 1 and says why if something is open."""
    from donations.commands import closing as command  # noqa: PLC0415

    asked = command.month_named(month)
    sys.exit(command.run_close(_settled_app(), asked, by, explanation))


@cli.command()
@click.argument("month", metavar="2026-10")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it here.")
@click.option(
    "--verify",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare a pack that was kept with what the books give; exits 1 if it differs.",
)
def pack(month: str, out: Path | None, kept: Path | None) -> None:
    """Make the pack of a closed month again, or prove one."""
    from donations.commands import closing as command  # noqa: PLC0415

    if (out is None) == (kept is None):
        raise click.UsageError("Give either --out or --verify.")
    sys.exit(command.run_pack(_settled_app(), command.month_named(month), out, kept))


@cli.group()
def newsletter() -> None:
    """The newsletters' readers."""


@newsletter.command("sync")
def newsletter_sync() -> None:
    """Tell the mailing service of every reader it does not know; exits 1 if some stay unknown."""
    from donations.commands import newsletter as command  # noqa: PLC0415

    sys.exit(command.run_sync(_settled_app()))


@newsletter.command("export")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--newsletter", "slug", help="Only this one, by its slug.")
def newsletter_export(out: Path, slug: str | None) -> None:
    """Write the confirmed readers to a new file, which then names them."""
    from donations.commands import newsletter as command  # noqa: PLC0415

    sys.exit(command.run_export(_settled_app(), out, slug))


@cli.command()
def bounce() -> None:
    """Take one bounce from standard input, as an MTA pipes it; never makes it bounce again."""
    from donations.commands import bounce as command  # noqa: PLC0415

    sys.exit(command.run(_settled_app, sys.stdin.buffer))


@cli.command()
@click.option("--rebuild-totals", is_flag=True, help="Make the daily totals anew first.")
def doctor(rebuild_totals: bool) -> None:  # noqa: FBT001 - a flag
    """Say what is wrong with this installation; exits 1 if anything is."""
    from donations import diagnosis  # noqa: PLC0415

    app = _settled_app()
    if rebuild_totals:
        days, payouts = diagnosis.rebuild_totals(app)
        click.echo(f"Days whose totals differed: {', '.join(map(str, days)) or 'none'}. Rebuilt.")
        click.echo(f"Payouts whose totals differed: {', '.join(payouts) or 'none'}. Rebuilt.")
    troubles = 0
    for finding in diagnosis.findings(app):
        click.echo(f"{finding.mark:5} {finding.what}")
        troubles += not finding.well
    sys.exit(1 if troubles else 0)


def _settled_app() -> Flask:
    from donations.app import create_app  # noqa: PLC0415 - start-up is felt by a person
    from donations.logs import configure_logs  # noqa: PLC0415
    from donations.settings import read_settings  # noqa: PLC0415

    configure_logs()
    return create_app(read_settings(os.environ))


def _serve_web(host: str, port: int, workers: int) -> None:
    from granian import Granian  # noqa: PLC0415
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    click.echo(f"Serving on http://{host}:{port}")

    Granian(
        "donations.wsgi:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=64,  # a click waits for Stripe in one of them, the pages need the others
        backlog=2048,
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        log_access=False,  # an address line is a person
    ).serve()


def main() -> None:
    """Run the command; what an operator can put right is said in one line."""
    try:
        cli()
    except MisconfiguredError as error:
        click.echo(f"Not started. {error}", err=True)
        sys.exit(2)
    except DonationsError as error:
        click.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(1)
