"""Finds a Chromium for the browser tests, or gets one: installed, the system's package, Playwright's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def installed():
    """The path of an installed Chromium, or None."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or next((path for path in MACOS if os.access(path, os.X_OK)), None)


def from_system():
    """Install Debian's package where we may; quietly nothing elsewhere."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print("Installing Chromium from the system's packages (about half a minute) …", flush=True)
    packages = ["chromium", "fonts-noto-core"]
    quiet = {"stdout": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        **quiet,
    )


def from_playwright():
    """Let Playwright download its own."""
    print("Downloading Playwright's Chromium …", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    if installed() is None:
        from_system()
    if installed() is None:
        from_playwright()
