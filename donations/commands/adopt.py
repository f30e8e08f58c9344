"""`donations import`: what exists elsewhere becomes ours; `group` makes the commands of it.

No line names a person: subscriptions are told by the end of their id, lines of a file by their
number, supporters by theirs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

SOURCES: Final = ("givewp", "donorbox", "patreon", "other")
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def group(settled_app: Callable[[], Flask]) -> click.Group:
    """The group `import`; `settled_app` makes the application once it is needed."""

    @click.group("import")
    def importing() -> None:
        """Take over supporters, memberships and gifts from elsewhere; no letter is sent."""

    importing.add_command(_stripe(settled_app))
    for command in (_csv, _undo, _list):
        importing.add_command(command(settled_app))
    return importing


def _stripe(settled_app: Callable[[], Flask]) -> click.Command:
    @click.command("stripe")
    @click.option("--dry-run", is_flag=True, help="Only say what would happen.")
    @click.option("--history", is_flag=True, help="Keep what was paid before, as history.")
    def stripe(dry_run: bool, history: bool) -> None:  # noqa: FBT001 - flags
        """Take over the living subscriptions of the Stripe account; no card is typed again.

        Stopped anywhere, it goes on from there when it is run again.
        """
        from donations.commands import adopt_stripe  # noqa: PLC0415

        sys.exit(adopt_stripe.run(settled_app(), dry_run=dry_run, history=history))

    return stripe


def _csv(settled_app: Callable[[], Flask]) -> click.Command:
    @click.command("csv")
    @click.argument("file", type=_FILE)
    @click.option("--source", required=True, type=click.Choice(SOURCES))
    @click.option("--dry-run", is_flag=True, help="Only say what would happen, and what to decide.")
    @click.option("--map", "mapped", multiple=True, metavar="OURS=THEIRS", help="Name a column.")
    @click.option("--currency", default="", help="Of a file that does not say it itself.")
    @click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="What 03/04/2025 means.")
    @click.option("--paid", multiple=True, help="A word of the status column that means paid.")
    @click.option("--decide", type=_FILE, help="A CSV of `line,decision`: same, new or skip.")
    def from_csv(file: Path, dry_run: bool, decide: Path | None, **told: Any) -> None:  # noqa: ANN401, FBT001 - as click gives them
        """Take in FILE, an export of GiveWP, Donorbox, Patreon or another program.

        Stopped anywhere, it goes on from there when it is run again.
        """
        from donations.commands import adopt_csv  # noqa: PLC0415

        asked = adopt_csv.Asked.read(file, decide=decide, **told)
        sys.exit(adopt_csv.run(settled_app(), asked, dry_run=dry_run))

    return from_csv


def _undo(settled_app: Callable[[], Flask]) -> click.Command:
    @click.command("undo")
    @click.argument("batch")
    def undo(batch: str) -> None:
        """Take back what BATCH brought, but for what was touched since; exits 1 if any was."""
        from donations.commands import adopt_csv  # noqa: PLC0415

        sys.exit(adopt_csv.run_undo(settled_app(), batch))

    return undo


def _list(settled_app: Callable[[], Flask]) -> click.Command:
    @click.command("list")
    def list_batches() -> None:
        """Say which files were taken in, and how they stand."""
        from donations.commands import adopt_csv  # noqa: PLC0415

        adopt_csv.run_list(settled_app())

    return list_batches
