"""Runs several programs as one: started together, watched, stopped together.

Each is a process of its own, so that the payment sandbox, the web server and the worker can fail
and stop like in production.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GRACE_SECONDS: Final = 30
_LOOK_EVERY_SECONDS: Final = 0.3
_RESTART_AFTER_SECONDS: Final = 2.0


@dataclass(slots=True)
class Program:
    """One program and how it is started."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C reaches it only through us."""
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            self.command, env=dict(self.environment), start_new_session=True
        )

    def has_stopped(self) -> bool:
        """Whether it was started and is no longer running."""
        return self.process is not None and self.process.poll() is not None


class Household:
    """Several programs that live and stop together."""

    def __init__(self, programs: list[Program], *, say: Callable[[str], None]) -> None:
        self._programs = programs
        self._say = say
        self._stopping = threading.Event()

    def run(self, *, restart: bool, when_up: Callable[[], None] | None = None) -> int:
        """Start all and wait for SIGINT or SIGTERM; the exit status for the shell.

        A program that ends by itself is started again, or, without `restart`, ends all.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: self._stopping.set())
        status = 0
        try:
            for program in self._programs:
                program.start()
            if when_up is not None:
                when_up()
            while not self._stopping.wait(_LOOK_EVERY_SECONDS):
                status = self._look(restart=restart)
                if status:
                    break
        finally:
            self.stop()
        return status

    def _look(self, *, restart: bool) -> int:
        for program in self._programs:
            if not program.has_stopped():
                continue
            code = program.process.returncode if program.process else 1
            self._say(f"{program.name} stopped by itself (status {code}).")
            if not restart:
                return 1
            self._stopping.wait(_RESTART_AFTER_SECONDS)
            program.start()
        return 0

    def stop(self) -> None:
        """Ask all to finish what they are doing; end what does not within the grace."""
        for program in reversed(self._programs):
            if program.process is not None and program.process.poll() is None:
                program.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for program in self._programs:
            if program.process is None:
                continue
            try:
                program.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                program.process.kill()
                program.process.wait()
