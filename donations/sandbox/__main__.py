"""`python -m donations.sandbox`: the sandbox as a program."""

from __future__ import annotations

import click

from donations.sandbox.server import DEFAULT_PORT, DEFAULT_WEBHOOK_URL, run


@click.command(help="Serve the Stripe sandbox on this machine.")
@click.option("--port", default=DEFAULT_PORT, envvar="SANDBOX_PORT", show_default=True)
@click.option("--webhook-url", default=DEFAULT_WEBHOOK_URL, show_default=True)
@click.option("--webhook-secret", default="whsec_sandbox", envvar="STRIPE_WEBHOOK_SECRET")
@click.option("--data", type=click.Path(dir_okay=False), help="Keep the state in this file.")
def main(port: int, webhook_url: str, webhook_secret: str, data: str | None) -> None:
    """Serve until interrupted."""
    run(port=port, webhook_url=webhook_url, webhook_secret=webhook_secret, data_file=data)


if __name__ == "__main__":
    main()
