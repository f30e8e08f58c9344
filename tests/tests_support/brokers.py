"""Real brokers of our own, Redis and RabbitMQ, on free ports and gone afterwards.

They come from the system's packages and never run as services: `python tests_support/brokers.py`
installs what is missing where it may.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PATIENCE_SECONDS = 60
NAMES = ("redis", "rabbitmq")
_PACKAGES = {"redis": "redis-server", "rabbitmq": "rabbitmq-server"}
_RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # without the wrapper that changes users
_POLICY = Path("/usr/sbin/policy-rc.d")  # Debian asks it whether a package may start a service


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name):
    """The path of a broker's program, or None."""
    if name == "rabbitmq":
        return str(_RABBITMQ) if _RABBITMQ.exists() and shutil.which("epmd") else None
    return shutil.which("redis-server")


def missing():
    return [name for name in NAMES if program(name) is None]


def missing_because(name):
    """Why tests with this broker are skipped."""
    return f"{_PACKAGES[name]} is not installed here (on Debian: apt-get install {_PACKAGES[name]})"


def install():
    """Install what is missing where we may, and let nothing start by itself."""
    if not missing() or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    with Path(tempfile.gettempdir(), "donations-brokers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        packages = [_PACKAGES[name] for name in missing()]
        if not packages:
            return
        print(f"Installing {' and '.join(packages)} (about a minute) …", flush=True)
        with _no_services():
            for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
                subprocess.run(
                    ["apt-get", "-qq", *words],
                    env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                    stdout=subprocess.DEVNULL,
                    check=False,
                )


@contextlib.contextmanager
def _no_services():
    ours = not _POLICY.exists()
    if ours:
        _POLICY.write_text("#!/bin/sh\nexit 101\n")
        _POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            _POLICY.unlink()


class Broker:
    """A server of our own in a folder of its own; it may be killed and started again."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="donations-broker-"))
        self.port = free_port()
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            self.command(),
            cwd=self.folder,
            env={**os.environ, **self.environment()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.answers():
            assert self.process.poll() is None, "the broker ended at once"
            assert time.monotonic() < deadline, "the broker does not answer"
            time.sleep(0.05)
        return self

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def stop(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self):
        return {}

    def asked(self, question):
        """The first bytes of what it answers, or nothing."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as wire:
                wire.settimeout(2)
                wire.sendall(question)
                return wire.recv(16)
        except OSError:
            return b""


class Redis(Broker):
    """Keeps nothing on disk: killed, it forgets every message."""

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self):
        where = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)]
        return [program("redis"), *where, "--save", "", "--appendonly", "no"]

    def answers(self):
        return self.asked(b"PING\r\n").startswith(b"+PONG")


class RabbitMQ(Broker):
    """With a name service of its own, so that it meets no other on this machine."""

    def __init__(self):
        super().__init__()
        self.names = None
        self.names_port = free_port()
        self.spread_port = free_port()

    @property
    def url(self):
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def environment(self):
        (self.folder / "plugins").write_text("[].\n")
        return {
            "HOME": str(self.folder),  # the cookie lies there
            "ERL_EPMD_PORT": str(self.names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"donations-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.spread_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "none"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
        }

    def command(self):
        return [program("rabbitmq")]

    def start(self):
        if self.names is None:
            self.names = subprocess.Popen(
                ["epmd", "-port", str(self.names_port), "-address", "127.0.0.1"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return super().start()

    def answers(self):
        return self.asked(b"AMQP\x00\x00\x09\x01").startswith(b"\x01")

    def stop(self):
        super().stop()
        if self.names is not None:
            self.names.kill()
            self.names.wait(10)


_KINDS = {"redis": Redis, "rabbitmq": RabbitMQ}


@contextlib.contextmanager
def running(name):
    """A broker that was started for us."""
    broker = _KINDS[name]()
    try:
        yield broker.start()
    finally:
        broker.stop()


if __name__ == "__main__":
    install()
