"""`donations worker`: threads of our own, or Celery's where a broker is named."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from donations.app import create_worker
from donations.jobs.carriers.lanes import Lane
from donations.jobs.serving import serve, work
from donations.kernel.errors import MisconfiguredError
from donations.processes import Household, Program
from donations.web.house import EXTENSION

if TYPE_CHECKING:
    from flask import Flask

    from donations.jobs.carriers.celery_carrier import CeleryCarrier
    from donations.web.house import House


def run(app: Flask, threads: int, processes: int, lane: str | None) -> int:
    """Work until SIGINT or SIGTERM; the exit status.  `lane` names the one queue to serve."""
    parts: House = app.extensions[EXTENSION]
    if parts.broker_url:
        carrier = _carrier(parts.broker_url)
        if lane is None:
            return _household([f"--lane={one.name.lower()}" for one in Lane], threads, processes)
        return serve(create_worker(app), carrier, Lane[lane.upper()], threads)
    if processes > 1:
        return _household(["--processes=1"], threads, processes)
    return work(create_worker(app), threads)


def _household(kinds: list[str], threads: int, processes: int) -> int:
    command = [sys.executable, "-m", "donations", "worker", f"--threads={threads}"]
    programs = [Program("A worker", [*command, kind], os.environ) for kind in kinds * processes]
    return Household(programs, say=click.echo).run(restart=True)


def _carrier(broker_url: str) -> CeleryCarrier:
    try:
        from donations.jobs.carriers.celery_carrier import CeleryCarrier  # noqa: PLC0415
    except ModuleNotFoundError:
        message = "CELERY_BROKER_URL is set and Celery is not installed: donations[celery]"
        raise MisconfiguredError(message) from None
    return CeleryCarrier(broker_url)
