"""The sandbox as a program: serve it, and give orders to one that runs."""

from __future__ import annotations

import json
from typing import Any, Final

import click

DEFAULT_PORT: Final = 8420
DEFAULT_WEBHOOK_URL: Final = "http://127.0.0.1:8000/webhooks/stripe"
_TIMEOUT_SECONDS: Final = 600


@click.group(invoke_without_command=True)
@click.option("--port", default=DEFAULT_PORT, envvar="SANDBOX_PORT", show_default=True)
@click.option("--webhook-url", default=DEFAULT_WEBHOOK_URL, show_default=True)
@click.option("--webhook-secret", default="whsec_sandbox", envvar="STRIPE_WEBHOOK_SECRET")
@click.option("--events", default="*", help="The types sent there, with commas.  [default: all]")
@click.option("--data", type=click.Path(dir_okay=False), help="Keep the state in this file.")
@click.pass_context
def sandbox(
    context: click.Context,
    port: int,
    webhook_url: str,
    webhook_secret: str,
    events: str,
    data: str | None,
) -> None:
    """Play Stripe on this machine, until interrupted."""
    if context.invoked_subcommand:
        return
    from donations.sandbox.server import run  # noqa: PLC0415 - the SDK takes a while to load

    run(
        port=port,
        webhook_url=webhook_url,
        webhook_secret=webhook_secret,
        data_file=data,
        events=events.split(","),
    )


@sandbox.command()
@click.argument("name")
@click.argument("settings", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--at", help="Where the sandbox answers.  [default: this machine, --port]")
@click.pass_context
def order(context: click.Context, name: str, settings: tuple[str, ...], at: str | None) -> None:
    """Order NAME of a running sandbox and print what came of it.

    A value is JSON, or a text: `order advance months=1`, `order faults duplicate=true drop=3`,
    `order refund charge=ch_…`, `order faults 'api_error={"status": 429, "times": 2}'`.
    `order state` tells how things stand.
    """
    import requests  # noqa: PLC0415

    port = context.parent.params["port"] if context.parent else DEFAULT_PORT
    address = (at or f"http://127.0.0.1:{port}").rstrip("/")
    wanted = dict(_setting(each) for each in settings)
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                f"{address}/_control/{name}", json=wanted, timeout=_TIMEOUT_SECONDS
            )
            told = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise click.ClickException(f"No sandbox answers at {address}.") from error
    if "error" in told:
        raise click.ClickException(told["error"]["message"])
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))


def _setting(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"Write {text} as KEY=VALUE.")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value
