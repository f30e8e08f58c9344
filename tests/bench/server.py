"""One target on granian (one process, 16 threads), with the CPU time and memory it takes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """Serves `targets:<target>` while the block it is entered for lasts."""

    def __init__(self, target, environment):
        self.target = target
        self.environment = environment

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws",
            "--workers", "1", "--blocking-threads", "16", "--log-level", "error",
            "--port", str(self.port), f"targets:{self.target}",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, cwd=HERE, env={**os.environ, **self.environment}, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self
        self.__exit__()
        raise SystemExit(f"{self.target} did not start")

    def __exit__(self, *_raised):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def family(self):
        """The server's processes."""
        own = self.process.pid
        return [own, *map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split())]

    def cpu(self):
        """Seconds of CPU, user and system, that its processes have taken."""
        total = 0
        for pid in self.family():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def megabytes(self):
        """The most memory its processes have held."""
        kilobytes = 0
        for pid in self.family():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM"):
                    kilobytes += int(line.split()[1])
        return kilobytes // 1024

    def load(self, requests, connections, expect):
        """Send `requests`; what was found, per request."""
        plan = {
            "port": self.port,
            "requests": requests,
            "connections": connections,
            "expect": expect,
        }
        before = self.cpu()
        done = subprocess.run(
            [sys.executable, str(HERE / "load.py")],
            input=json.dumps(plan), capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        found = json.loads(done.stdout)
        found["cpu_us"] = (self.cpu() - before) / max(found["done"], 1) * 1e6
        return found
